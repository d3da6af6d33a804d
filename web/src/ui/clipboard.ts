/**
 * Copies a text. Office networks often serve the page over plain HTTP, where browsers hide the clipboard API, so the
 * old way through a selection remains.
 */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
