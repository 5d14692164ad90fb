/* The collection as points. Colour and shape tell the folder or document; rings are what was found, a star
 * is where the query lies. One point at a time can be reached by the arrow keys. */
const SVG = "http://www.w3.org/2000/svg";
const SIDE = 400; /* units of the drawing, and the margin that its outermost points keep */
const MARGIN = 16;
const SHAPES = [
  "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
  "M-3.6 -3.6h7.2v7.2h-7.2z",
  "M0 -4.8L4.6 3.4H-4.6z",
  "M0 -5.2L4.6 0L0 5.2L-4.6 0z",
];
const STAR = "M0 -10L2.6 -3.4L9.5 -3.1L4.1 1.3L5.9 8.1L0 4.2L-5.9 8.1L-4.1 1.3L-9.5 -3.1L-2.6 -3.4z";
let chart = null; /* what is drawn */
let pointed = -1;
let aimed = -1; /* the point under the pointer, which a click opens */

const drawn = (tag, attributes) => {
  const one = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
  return one;
};
const at = (x, y) => [SIDE / 2 + x * (SIDE / 2 - MARGIN), SIDE / 2 - y * (SIDE / 2 - MARGIN)];
const moved = (x, y) => `translate(${at(x, y).map((one) => one.toFixed(1)).join(" ")})`;
const groupName = (group, language) => (group ? group[language] : filled(language, "search.map.others", {}));
const groupLabel = (group) => {
  const both = document.createDocumentFragment();
  for (const language of Object.keys(TEXTS)) both.append(made("span", { className: "word", lang: language, textContent: groupName(group, language) }));
  return both;
};
const sample = (group) => {
  const picture = drawn("svg", { viewBox: "-6 -6 12 12", width: 12, height: 12, "aria-hidden": "true" });
  picture.append(drawn("path", { d: SHAPES[group % SHAPES.length], class: `kind-${group}` }));
  return picture;
};
const drawLegend = () => {
  const items = chart.groups.map((group, number) => made("li", {}, sample(number), groupLabel(group)));
  const star = drawn("svg", { viewBox: "-11 -11 22 22", width: 14, height: 14, "aria-hidden": "true" });
  star.append(drawn("path", { d: STAR, class: "map-star" }));
  const ring = drawn("svg", { viewBox: "-10 -10 20 20", width: 14, height: 14, "aria-hidden": "true" });
  ring.append(drawn("circle", { r: 8, class: "map-ring" }));
  items.push(made("li", { className: "when-found" }, star, bilingual("search.map.query")));
  items.push(made("li", { className: "when-found" }, ring, bilingual("search.map.hit")));
  if (chart.points.length < chart.total) items.push(made("li", { className: "note" }, bilingual("search.map.some", { shown: chart.points.length, total: chart.total })));
  part("map-legend").replaceChildren(...items);
};
const drawMap = (told) => {
  chart = told;
  pointed = -1;
  aimed = -1;
  const usable = told.points.length > 1;
  part("map-card").hidden = !usable;
  if (!usable) return;
  const picture = drawn("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" });
  const points = drawn("g", { class: "map-points" });
  told.points.forEach(([, group, x, y], number) => {
    points.append(drawn("path", { d: SHAPES[group % SHAPES.length], class: `kind-${group}`, transform: moved(x, y), "data-number": number }));
  });
  picture.append(points, drawn("g", { class: "map-marks" }), drawn("circle", { class: "map-here", r: 9, visibility: "hidden" }));
  part("map").replaceChildren(picture);
  drawLegend();
};
/* The hits of a search, with their ranks, and the query itself. */
const markMap = (hits, query) => {
  const marks = part("map").querySelector(".map-marks");
  if (!marks) return;
  marks.replaceChildren();
  part("map-legend").classList.toggle("found", hits.length > 0);
  const ranks = new Map(hits.map((hit, place) => [hit.chunk, place + 1]));
  part("map").classList.toggle("found", hits.length > 0);
  chart.points.forEach(([chunk, , x, y], number) => {
    const rank = ranks.get(chunk);
    part("map").querySelector(`[data-number="${number}"]`).classList.toggle("hit-point", Boolean(rank));
    if (!rank) return;
    const mark = drawn("g", { transform: moved(x, y) });
    const label = drawn("text", { x: 9, y: -7 });
    label.textContent = rank;
    mark.append(drawn("circle", { r: 8, class: "map-ring" }), label);
    marks.append(mark);
  });
  if (query) marks.append(drawn("path", { d: STAR, class: "map-star", transform: moved(...query) }));
};
const point = (number, aloud) => {
  if (number === pointed) return;
  pointed = number;
  const here = part("map").querySelector(".map-here");
  for (const one of element.querySelectorAll(".hit.lit")) one.classList.remove("lit");
  if (number < 0 || !here) return here?.setAttribute("visibility", "hidden");
  const [chunk, group, x, y, name, text] = chart.points[number];
  here.setAttribute("transform", moved(x, y));
  here.setAttribute("visibility", "visible");
  const line = made("p", { className: "map-source" }, sample(group), named(name));
  part("map-note").replaceChildren(line, made("p", { className: "map-text", textContent: text, dir: "auto" }));
  part("hits").querySelector(`[data-chunk="${chunk}"]`)?.classList.add("lit");
  if (aloud) say("search.status.point", { document: name, text: text.slice(0, 120) });
  return undefined;
};
const pointAtChunk = (chunk) => point(chart ? chart.points.findIndex(([one]) => one === chunk) : -1, false);
/* The point that is nearest to a place of the drawing, if one is near. */
const nearest = (x, y, reach) => {
  let best = -1;
  let least = reach * reach;
  chart.points.forEach(([, , px, py], number) => {
    const [cx, cy] = at(px, py);
    const distance = (cx - x) ** 2 + (cy - y) ** 2;
    if (distance < least) [best, least] = [number, distance];
  });
  return best;
};
const under = (event) => {
  const box = part("map").querySelector("svg").getBoundingClientRect();
  return nearest(((event.clientX - box.x) / box.width) * SIDE, ((event.clientY - box.y) / box.height) * SIDE, 14);
};
const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/* From a point to the next one that lies that way: near, and not far aside. */
const next = ([dx, dy]) => {
  if (pointed < 0) return nearest(SIDE / 2, SIDE / 2, SIDE);
  const [x, y] = at(chart.points[pointed][2], chart.points[pointed][3]);
  let best = pointed;
  let least = Infinity;
  chart.points.forEach(([, , px, py], number) => {
    const [cx, cy] = at(px, py);
    const along = (cx - x) * dx + (cy - y) * dy;
    const aside = Math.abs((cx - x) * dy) + Math.abs((cy - y) * dx);
    if (number === pointed || along <= 0.01) return;
    if (along + 2 * aside < least) [best, least] = [number, along + 2 * aside];
  });
  return best;
};
const plane = part("map");
/* A click comes with rounded coordinates, by which another point of a dense spot can be nearest; so it opens
 * what the pointer was last seen on, and named. */
const aim = (event) => {
  aimed = under(event);
  plane.classList.toggle("over", aimed >= 0);
  if (aimed >= 0) point(aimed, false);
};
for (const kind of ["pointermove", "pointerdown"]) plane.addEventListener(kind, aim);
plane.addEventListener("click", () => {
  if (aimed >= 0) openContext(chart.points[aimed][0]);
});
plane.addEventListener("keydown", (event) => {
  if (event.key in DIRECTIONS) {
    event.preventDefault();
    point(next(DIRECTIONS[event.key]), true);
  } else if (event.key === "Enter" && pointed >= 0) {
    event.preventDefault();
    openContext(chart.points[pointed][0]);
  }
});
