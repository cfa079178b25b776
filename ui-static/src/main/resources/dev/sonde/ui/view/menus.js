// Menus (details elements) close when the reader turns to something else.

export function closeMenusOutside() {
  const closeBut = (target) => {
    for (const menu of document.querySelectorAll('details.menu[open]')) {
      if (!menu.contains(target)) menu.open = false;
    }
  };
  addEventListener('pointerdown', (event) => closeBut(event.target));
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closeBut(null);
  });
}
