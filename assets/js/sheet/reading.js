/* A passage in the text that it stands in, over the page. The dialog gives the focus back by itself. */
const reading = element.querySelector("dialog.reading");

const openReading = (found) => {
  part("reading-title").replaceChildren(named(found.document));
  const place = part("reading-place");
  place.replaceChildren();
  if (found.page) place.append(bilingual("search.page", { page: found.page }), " ");
  place.append(found.heading);
  const text = part("reading-text");
  text.lang = found.language;
  text.replaceChildren(...painted(found.pieces));
  part("reading-part").hidden = found.whole;
  part("reading-legend").hidden = !text.querySelector("mark");
  reading.showModal();
  text.focus({ preventScroll: true });
  text.scrollTop = 0;
  const mark = text.querySelector(".mark-sentence") ?? text.querySelector(".mark-passage");
  if (mark) text.scrollTop = mark.offsetTop - text.offsetTop - text.clientHeight / 3;
};
reading.addEventListener("click", (event) => {
  if (event.target === reading || event.target.closest("[data-act=close]")) reading.close();
});
