// @ts-check

/**
 * Calls with each choice as soon as it is made. Who goes through the options with the arrow keys has not chosen yet: that counts on
 * Enter, or on leaving.
 * @param {HTMLSelectElement} select @param {() => void} chosen
 */
export function onChoice(select, chosen) {
  let going = false, before = select.value;
  const take = () => {
    going = false;
    if (select.value === before || !select.value) return;
    before = select.value;
    chosen();
  };
  select.addEventListener("keydown", (event) => {
    going = !["Enter", " ", "Tab", "Escape"].includes(event.key);
    if (event.key !== "Enter" || select.value === before) return;
    event.preventDefault();
    take();
  });
  select.addEventListener("pointerdown", () => (going = false));
  select.addEventListener("focus", () => (before = select.value));
  select.addEventListener("change", () => going || take());
  select.addEventListener("blur", take);
}
