// @ts-check

/**
 * Calls with each choice as soon as it is made. Who goes through the options with the keys has not chosen yet: that counts on Enter and on
 * leaving, unless it does no harm to take it at once.
 * @param {HTMLSelectElement} select @param {() => string} now what is chosen so far @param {() => void} chosen @param {() => boolean} [harmless]
 */
export function onChoice(select, now, chosen, harmless = () => false) {
  let going = false;
  const take = () => {
    if (select.value && select.value !== now()) chosen();
  };
  select.addEventListener("keydown", (event) => {
    going = !["Enter", " ", "Tab", "Escape"].includes(event.key);
    if (event.key !== "Enter" || !select.value || select.value === now()) return;
    event.preventDefault(); // it would hand in the form
    take();
  });
  select.addEventListener("pointerdown", () => (going = false));
  select.addEventListener("change", () => (going && !harmless()) || take());
  select.addEventListener("blur", take);
}
