// @ts-check
/* A collection as points. Colour and shape tell the folder or document; rings are what was found, a star is where
 * the query lies. The arrow keys go from point to point. */
import { create, parts } from "../lib/dom.js";
import { bilingual, format, LANGUAGE_TAGS } from "../lib/i18n.js";
import { documentName } from "../lib/passage.js";
import { nearest, nextTowards, place, SIDE } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = [
  "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
  "M-3.6 -3.6h7.2v7.2h-7.2z",
  "M0 -4.8L4.6 3.4H-4.6z",
  "M0 -5.2L4.6 0L0 5.2L-4.6 0z",
];
const STAR = "M0 -10L2.6 -3.4L9.5 -3.1L4.1 1.3L5.9 8.1L0 4.2L-5.9 8.1L-4.1 1.3L-9.5 -3.1L-2.6 -3.4z";
const REACH = 14; /* units from the pointer within which a point counts as pointed at */
/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {string} tag @param {Record<string, string | number>} attributes @returns {any} */
const createSvg = (tag, attributes) => {
  const one = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, String(value));
  return one;
};
const translate = (x, y) => `translate(${place(x, y).map((one) => one.toFixed(1)).join(" ")})`;

/** A small picture for the legend. */
const picture = (size, half, shape) => {
  const box = createSvg("svg", { viewBox: `${-half} ${-half} ${2 * half} ${2 * half}`, width: size, height: size, "aria-hidden": "true" });
  box.append(shape);
  return box;
};
const groupPicture = (group) => picture(12, 6, createSvg("path", { d: SHAPES[group % SHAPES.length], class: `kind-${group}` }));

/** @param {Record<string, string> | null} group its name by language; null for the rest */
const groupLabel = (group) => {
  const both = document.createDocumentFragment();
  for (const tag of LANGUAGE_TAGS) {
    both.append(create("span", { className: "word", lang: tag, textContent: group ? group[tag] : format(tag, "search.map.others") }));
  }
  return both;
};

/** @param {Element} element the component that the map is a part of
 * @param {{ open: (chunk: number) => void, say: (key: string, values: object) => void }} options `open`: called with
 *   the passage whose point was chosen */
export const createMap = (element, { open, say }) => {
  const part = parts(element);
  const plane = part("map");
  /** @type {import("../types").MapResponse | null} */
  let map = null;
  /** @type {[number, number][]} */
  let places = []; /* of the points, in the drawing */
  let current = -1; /* number of the point that is shown */
  let aimed = -1; /* number of the point under the pointer, which a click opens */

  const drawLegend = () => {
    const items = map.groups.map((group, number) => create("li", {}, groupPicture(number), groupLabel(group)));
    const star = picture(14, 11, createSvg("path", { d: STAR, class: "map-star" }));
    const ring = picture(14, 10, createSvg("circle", { r: 8, class: "map-ring" }));
    items.push(create("li", { className: "when-found" }, star, bilingual("search.map.query")));
    items.push(create("li", { className: "when-found" }, ring, bilingual("search.map.hit")));
    const shown = map.points.length;
    if (shown < map.total) items.push(create("li", { className: "note" }, bilingual("search.map.some", { shown, total: map.total })));
    part("map-legend").replaceChildren(...items);
  };
  const show = (number, aloud) => {
    if (number === current) return;
    current = number;
    const here = plane.querySelector(".map-here");
    for (const one of element.querySelectorAll(".hit.lit")) one.classList.remove("lit");
    if (number < 0 || !here) {
      here?.setAttribute("visibility", "hidden");
      return;
    }
    const [chunk, group, x, y, name, text] = map.points[number];
    here.setAttribute("transform", translate(x, y));
    here.setAttribute("visibility", "visible");
    const line = create("p", { className: "map-source" }, groupPicture(group), documentName(name));
    part("map-note").replaceChildren(line, create("p", { className: "map-text", textContent: text, dir: "auto" }));
    part("hits").querySelector(`[data-chunk="${chunk}"]`)?.classList.add("lit");
    if (aloud) say("search.status.point", { document: name, text: text.slice(0, 120) });
  };
  const under = (event) => {
    const box = plane.querySelector("svg").getBoundingClientRect();
    return nearest(places, [((event.clientX - box.x) / box.width) * SIDE, ((event.clientY - box.y) / box.height) * SIDE], REACH);
  };
  /* A click comes with rounded coordinates, by which another point of a dense spot can be nearest; so it opens
   * what the pointer was last seen on, and named. */
  const aim = (event) => {
    aimed = under(event);
    plane.classList.toggle("over", aimed >= 0);
    if (aimed >= 0) show(aimed, false);
  };
  for (const kind of ["pointermove", "pointerdown"]) plane.addEventListener(kind, aim);
  plane.addEventListener("click", () => {
    if (aimed >= 0) open(map.points[aimed][0]);
  });
  plane.addEventListener("keydown", (event) => {
    if (event.key in DIRECTIONS) {
      event.preventDefault();
      show(nextTowards(places, current, DIRECTIONS[event.key]), true);
    } else if (event.key === "Enter" && current >= 0) {
      event.preventDefault();
      open(map.points[current][0]);
    }
  });

  return {
    /** Whether there is something drawn. */
    get isDrawn() {
      return Boolean(plane.querySelector("svg"));
    },
    /** @param {import("../types").MapResponse} found */
    draw(found) {
      map = found;
      places = found.points.map(([, , x, y]) => place(x, y));
      current = -1;
      aimed = -1;
      part("map-card").hidden = found.points.length < 2;
      if (found.points.length < 2) return;
      const drawing = createSvg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" });
      const points = createSvg("g", { class: "map-points" });
      found.points.forEach(([, group, x, y], number) => {
        points.append(createSvg("path", { d: SHAPES[group % SHAPES.length], class: `kind-${group}`, transform: translate(x, y), "data-number": number }));
      });
      drawing.append(points, createSvg("g", { class: "map-marks" }), createSvg("circle", { class: "map-here", r: 9, visibility: "hidden" }));
      plane.replaceChildren(drawing);
      drawLegend();
    },
    /** Mark what was found with its ranks, and where the query lies.
     * @param {{ chunk: number }[]} hits @param {[number, number] | null} query */
    mark(hits, query) {
      const marks = plane.querySelector(".map-marks");
      if (!marks || !map) return;
      marks.replaceChildren();
      for (const one of [plane, part("map-legend")]) one.classList.toggle("found", hits.length > 0);
      const ranks = new Map(hits.map((hit, rank) => [hit.chunk, rank + 1]));
      map.points.forEach(([chunk, , x, y], number) => {
        const rank = ranks.get(chunk);
        plane.querySelector(`[data-number="${number}"]`).classList.toggle("hit-point", Boolean(rank));
        if (!rank) return;
        const mark = createSvg("g", { transform: translate(x, y) });
        const label = createSvg("text", { x: 9, y: -7 });
        label.textContent = String(rank);
        mark.append(createSvg("circle", { r: 8, class: "map-ring" }), label);
        marks.append(mark);
      });
      if (query) marks.append(createSvg("path", { d: STAR, class: "map-star", transform: translate(...query) }));
    },
    /** Show the point of a passage. @param {number} chunk */
    showChunk(chunk) {
      show(map ? map.points.findIndex(([one]) => one === chunk) : -1, false);
    },
  };
};
