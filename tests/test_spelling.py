"""What is said of a name that is not known."""

from cardiac.spelling import choices, nearest


def test_the_nearest_name_is_offered_whatever_its_case():
    assert nearest("g_na", ["g_K", "g_Na"]) == ' - did you mean "g_Na"?'
    assert nearest("width", ["g_K", "g_Na"]) == ""


def test_names_are_listed_unless_they_are_many_and_one_is_near():
    assert choices("spcing", ["size", "spacing"]) == ' - did you mean "spacing"? (size, spacing)'
    assert choices("x", ["size", "spacing"]) == " (size, spacing)"
    assert choices("x", []) == " (there are none)"
    many = [f"name_{i}" for i in range(50)]
    assert choices("nme_7", many) == ' - did you mean "name_7"?'
    assert choices("nme_7", many, '"cardiac names" lists all').endswith(' ("cardiac names" lists all)')
    assert choices("zzz", many).count(",") == 49


def test_a_name_is_found_by_one_of_its_words_or_the_beginning_of_it():
    names = ["extracellular_potassium", "potassium_conductance", "bias_current"]
    for written, meant in {
        "potasium": "potassium_conductance",
        "extracell": "extracellular_potassium",
        "current": "bias_current",
    }.items():
        assert nearest(written, names) == f' - did you mean "{meant}"?'
    assert nearest("chloride", names) == ""
    assert nearest("x", names) == ""
