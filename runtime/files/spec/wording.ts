/** Long names would hide the sentence that they stand in. */
export const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
