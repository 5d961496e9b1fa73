"use strict";

const RATE = 24; // frames a second

for (const player of document.querySelectorAll(".player")) {
  const { times, frames } = JSON.parse(player.querySelector(".frames").textContent);
  const screen = player.querySelector(".screen");
  const picture = screen.querySelector("img"), curve = screen.querySelector(".curve");
  const slider = player.querySelector("input"), told = player.querySelector("output");
  const button = player.querySelector(".play");
  const digits = Math.max(0, ...times.map((time) => (String(time).split(".")[1] || "").length));
  // Kept, so that a picture that was unpacked once is there at once.
  const kept = picture ? frames.map((source) => Object.assign(new Image(), { src: source })) : [];
  let at = Number(player.dataset.first), timer = 0;

  function show(frame) {
    at = Math.min(Math.max(frame, 0), frames.length - 1);
    if (picture) {
      picture.src = kept[at].src;
      picture.alt = picture.alt.replace(/[-\d.e]+ ms$/, `${times[at]} ms`);
    } else {
      curve.setAttribute("d", frames[at]);
    }
    slider.value = at;
    told.textContent = `${times[at].toFixed(Math.min(digits, 3))} ms`;
    slider.setAttribute("aria-valuetext", told.textContent);
  }

  function play(wanted) {
    clearInterval(timer);
    timer = wanted ? setInterval(() => (at < frames.length - 1 ? show(at + 1) : play(false)), 1000 / RATE) : 0;
    button.setAttribute("aria-pressed", String(Boolean(wanted)));
    button.setAttribute("aria-label", wanted ? "Pause" : "Play");
  }

  function toggle() {
    if (!timer && at === frames.length - 1) show(0);
    play(!timer);
  }

  const steps = {
    ArrowLeft: () => at - 1, ArrowDown: () => at - 1, ArrowRight: () => at + 1, ArrowUp: () => at + 1,
    PageDown: () => at - 10, PageUp: () => at + 10, Home: () => 0, End: () => frames.length - 1,
  };
  player.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === " ") {
      event.preventDefault();
      toggle();
    } else if (event.key in steps) {
      event.preventDefault();
      play(false);
      show(steps[event.key]());
    }
  });
  button.addEventListener("keyup", (event) => event.key === " " && event.preventDefault());
  button.addEventListener("click", toggle);
  slider.addEventListener("input", () => {
    play(false);
    show(Number(slider.value));
  });

  function drag(event) {
    const { left, width } = screen.getBoundingClientRect();
    play(false);
    show(Math.round(((event.clientX - left) / width) * (frames.length - 1)));
  }
  screen.addEventListener("pointerdown", (event) => {
    screen.setPointerCapture(event.pointerId);
    drag(event);
  });
  screen.addEventListener("pointermove", (event) => screen.hasPointerCapture(event.pointerId) && drag(event));

  show(at);
  player.querySelector(".controls").hidden = false;
}

for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.innerText.trim());
    } catch {
      // A page that is no secure context may not write: select, and let the person copy.
      getSelection().selectAllChildren(source);
      return;
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
}
