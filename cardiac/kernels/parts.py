"""How the parts of a kernel are compiled: to LLVM code that is optimised and made machine code where it is used.

A part that is called with numbers in single precision computes in single precision: its constants follow. An index
in a part is never negative: without the test for those that count from the end, neighbouring elements are loaded at
once, where they would be gathered one by one.

Numba by itself makes machine code of every function, and of all that it calls once more: of the equations of a cell
a dozen times on the way to one kernel. With `PartCompiler` the kernel alone is made into machine code, which takes
half the time. A part can be called by compiled functions only. This builds on the insides of Numba, 0.64 to 0.68.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.core import ir
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.typed_passes import NativeLowering, NopythonTypeInference
from numba.np import arrayobj


class PartLibrary(JITCodeLibrary):
    """LLVM code of a part and of all that it calls, to be linked into the library of a kernel."""

    def add_llvm_module(self, module: Any) -> None:
        """Take in a module as it is."""
        module.data_layout = self._codegen._data_layout
        self._final_module.link_in(module)

    def finalize(self) -> None:
        """Take in what the part calls."""
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """0: there is no machine code."""
        return 0


@register_pass(mutates_CFG=True, analysis_only=False)
class PartLowering(NativeLowering):
    """Lowers to a `PartLibrary`."""

    _name = "part_lowering"

    def run_pass(self, state: Any) -> bool:
        codegen = state.targetctx.codegen()
        state.flags.no_compile = True
        usual = codegen._library_class, arrayobj.fix_integer_index
        codegen._library_class, arrayobj.fix_integer_index = PartLibrary, _as_it_is
        try:
            super().run_pass(state)
        finally:
            codegen._library_class, arrayobj.fix_integer_index = usual
        if state.flags.noalias:  # what LLVM knows of arguments it forgets of what it inlines
            whole = state.library._final_module.get_function(state.cr.fndesc.llvm_func_name)
            whole.add_function_attribute("noinline")
        # Numba knows a compiled function by the builtin one that would call it: here any one, of its own.
        state.cr = state.cr._replace(cfunc=[].copy)
        state.targetctx.insert_user_function(state.cr.cfunc, state.cr.fndesc, [state.library])
        state.reload_init.extend(state.library._reload_init)
        return True


def _as_it_is(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
    """An index into an array that does not count from the end."""
    return context.cast(builder, index, kind, types.intp)


@register_pass(mutates_CFG=False, analysis_only=False)
class SingleConstants(FunctionPass):  # type: ignore[misc]
    """Constants of a part that is called with single precision become single; with a double one all would be."""

    _name = "single_constants"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        if not any(_single(argument) for argument in state.args):
            return False
        for block in state.func_ir.blocks.values():
            for assignment in block.find_insts(ir.Assign):
                constant = assignment.value
                if isinstance(constant, (ir.Const, ir.Global, ir.FreeVar)) and type(constant.value) is float:
                    assignment.value = ir.Const(np.float32(constant.value), constant.loc)
        return True


def _single(kind: Any) -> bool:
    """Whether a type of Numba is single precision, or has some in it."""
    if isinstance(kind, types.Array):
        return bool(kind.dtype == types.float32)
    if isinstance(kind, types.BaseTuple):
        return any(_single(part) for part in kind)
    return bool(kind == types.float32)


class PartCompiler(CompilerBase):
    """Numba's compiler but for the last step: what is passed as `pipeline_class` for a part."""

    def define_pipelines(self) -> list[Any]:
        """Numba's own pipeline with other constants and other lowering."""
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        first = [step for step, _ in pipeline.passes].index(NopythonTypeInference)
        pipeline.passes.insert(first, (SingleConstants, "constants of the precision of the numbers"))
        pipeline.passes = [
            (PartLowering if step is NativeLowering else step, why) for step, why in pipeline.passes
        ]
        pipeline.finalize()
        return [pipeline]


class LoopCompiler(PartCompiler):
    """The same for a part whose arguments are arrays that do not overlap, or are only read."""

    def define_pipelines(self) -> list[Any]:
        """The pipeline of a part."""
        self.state.flags.noalias = True
        return super().define_pipelines()
