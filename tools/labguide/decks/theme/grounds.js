// What a slide stands on, and how much room its pictures need: both are known only in the browser.
"use strict";

window.deckGrounds = (() => {
  const OWN = ["", "-color", "-image", "-gradient", "-video", "-iframe"].map((it) => `data-background${it}`);

  function prepare(deck) {
    for (const section of deck.querySelectorAll(OWN.map((it) => `section[${it}]`).join())) {
      section.dataset.ownGround = "";
      const ground = groundOf(section.dataset);
      if (ground) {
        section.dataset.ground = ground;
      }
      section.classList.toggle("on-picture", isPicture(section.dataset));
    }
    // reveal.js would take the slide's padding for room.
    for (const text of deck.querySelectorAll(".slide > .r-fit-text")) {
      const room = document.createElement("div");
      text.replaceWith(room);
      room.append(text);
    }
    deck.querySelectorAll(".slide > p > img:only-child").forEach(measure);
  }

  // Of a plain colour reveal.js finds out itself which text can be read on it.
  function groundOf({ background = "", backgroundColor, backgroundGradient, ...others }) {
    const gradient = backgroundGradient ?? (/gradient\(/.test(background) ? background : "");
    if (backgroundColor) {
      return null;
    }
    if (gradient) {
      return brightness(gradient) < 140 ? "dark" : "light";
    }
    return isPicture({ background, ...others }) ? "light" : null;
  }

  const isPicture = ({ background = "", backgroundImage, backgroundVideo, backgroundIframe }) =>
    Boolean(backgroundImage ?? backgroundVideo ?? backgroundIframe ?? (/\.\w+$|^data:/.test(background) || null));

  function brightness(gradient) {
    const colours = gradient.match(/#[0-9a-f]{3,8}|(?:rgb|hsl|oklch|oklab|lab|lch|hwb)a?\([^)]*\)|\b[a-z]{3,}\b(?!\()/gi) ?? [];
    const known = colours.filter((it) => CSS.supports("color", it) && !/^(transparent|currentcolor)$/i.test(it));
    const values = known.map(lightness);
    return values.length ? values.reduce((sum, it) => sum + it, 0) / values.length : 255;
  }

  function lightness(colour) {
    const probe = document.body.appendChild(document.createElement("span"));
    probe.style.color = `color-mix(in srgb, ${colour}, ${colour})`;
    const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map((it) => Number(it) * 255);
    probe.remove();
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  }

  function measure(picture) {
    const tell = () => {
      if (picture.naturalWidth && picture.naturalHeight) {
        picture.parentElement.style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight);
      }
    };
    picture.complete ? tell() : picture.addEventListener("load", tell);
  }

  // What stands around the slides has the colours that can be read on the present one.
  function show(section) {
    const found = ["dark", "light"].find((it) => section.classList.contains(`has-${it}-background`));
    const picture = section.classList.contains("on-picture") && "picture";
    document.body.dataset.beside = picture || (section.dataset.ground ?? found ?? "");
  }

  return { prepare, show };
})();
