// @ts-check
/* A place that files can be dropped on; it shows while something is held over it. */

/** @param {HTMLElement} place @param {(transfer: DataTransfer) => void} take */
export const acceptDrops = (place, take) => {
  for (const kind of ["dragenter", "dragover"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) place.addEventListener(kind, () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer) take(event.dataTransfer);
  });
};
