import { styleText } from 'node:util';

/** Where a command writes. `colour` is true only for a terminal whose user did not set `NO_COLOR`. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  readonly colour: boolean;
}

/** Standard output for results, standard error for what goes wrong. */
export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  colour: Boolean(process.stdout.isTTY && process.stderr.isTTY) && !process.env.NO_COLOR,
};

export const paint = (
  { colour }: Terminal,
  format: 'bold' | 'red' | 'green' | 'dim',
  text: string,
): string => (colour ? styleText(format, text, { validateStream: false }) : text);
