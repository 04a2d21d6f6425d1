// What the pages gain from JavaScript: answers that stream, a status that refreshes, links that copy. All of it works
// without, as plain forms and links.
"use strict";

// What only a script can do is shown only where there is one.
document.documentElement.classList.add("scripted");

const find = (selector, within = document) => within.querySelector(selector);

function element(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

// ---- A permanent link is copied; where that is not allowed it is followed.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy]");
  if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(link.href);
    const before = link.textContent;
    link.textContent = link.dataset.copy;
    setTimeout(() => { link.textContent = before; }, 2000);
  } catch {
    location.href = link.href;
  }
});

// ---- A page that cannot be drawn is said to be so where its picture would be.
document.addEventListener("error", ({ target }) => {
  if (!(target instanceof HTMLImageElement) || !target.dataset.absent) return;
  const told = document.createElement("p");
  told.className = "notice notice-wait";
  told.textContent = target.dataset.absent;
  (target.closest("a") ?? target).replaceWith(told);
}, true);

// ---- Lists beside a text are folded on a phone.
function foldLists(within) {
  if (!matchMedia("(max-width: 52rem)").matches) return;
  for (const list of within.querySelectorAll("details[data-wide-open]")) list.open = false;
}
foldLists(document);

// ---- A menu closes when something else is touched, and with Escape.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && find("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  find("summary", menu).focus();
});
