import { readFileSync } from 'node:fs';
import { ConfigError } from '../../runtime/core/errors.ts';

/** The text of a file that the user named. Throws when there is none, or it is a folder. */
export function readUsersFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Error(`The file ${file} cannot be read.`);
  }
}

/** Why a text is no JSON, in the parser's words, which show the place; undefined where it is. */
export function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `the file is not JSON: ${error instanceof Error ? error.message : 'it cannot be parsed'}`;
  }
}

/** Every fault of a user's file, a line each, under the name that the user gave. */
export const unusable = (file: string, faults: readonly string[]): Error =>
  new Error(`${file} cannot be used:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);

/** Does what reads a file of prompts; its faults, which name the file in the zip, are told of the user's file. */
export async function withPrompts<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  const fault = jsonFault(readUsersFile(file));
  if (fault !== undefined) throw unusable(file, [fault]);
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw unusable(
      file,
      error.faults.map((each) => each.replace(/^prompts\.json: /, '')),
    );
  }
}
