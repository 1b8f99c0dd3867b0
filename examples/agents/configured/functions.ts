import type { ToolFunction } from 'hookline/bot';

const SHELVES: Readonly<Record<string, string>> = { emma: 'A3', middlemarch: 'E1' };

export const findBook: ToolFunction = ({ title }) => ({ shelf: SHELVES[String(title).toLowerCase()] ?? '' });
