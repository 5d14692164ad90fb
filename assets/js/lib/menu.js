// @ts-check
/* Menus are `details.menu`: one closes when the focus leaves it, by a click beside it, or by Escape. */

/** @param {HTMLDetailsElement} menu */
export const closeMenu = (menu) => {
  menu.open = false;
  menu.querySelector("summary")?.focus();
};

/** Watch the menus of the whole page; called once. */
export const watchMenus = () => {
  document.addEventListener("focusout", (event) => {
    const menu = /** @type {any} */ (event.target).closest?.("details.menu");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && /** @type {any} */ (event.target).closest?.("details.menu[open]");
    if (menu) closeMenu(menu);
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(/** @type {Node} */ (event.target))) /** @type {HTMLDetailsElement} */ (menu).open = false;
    }
  });
};
