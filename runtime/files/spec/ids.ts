/** `Año 2024` as `ano_2024`: an id that names columns and files everywhere. */
export function safeId(text: string): string {
  const plain = text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 60)
    .replaceAll(/^_+|_+$/g, '');
  return /^[a-z]/.test(plain) ? plain : `datos_${plain}`.replace(/_$/, '');
}

/** The id itself, or with the first number from 2 that makes it new. */
export function freeId(wanted: string, taken: readonly string[]): string {
  let id = wanted;
  for (let number = 2; taken.includes(id); number += 1) id = `${wanted}_${number}`;
  return id;
}
