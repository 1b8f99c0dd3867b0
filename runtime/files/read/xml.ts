import { SaxesParser } from 'saxes';
import { FilesError } from '../errors.ts';
import { Decoder } from './encoding.ts';

/** Text that is no whole tag or text after so many characters is refused: the parser would gather it in memory. */
const LARGEST_TOKEN = 2 ** 20;

/** The parts that are read are not a tenth as deep. */
const DEEPEST = 100;

export type Attributes = Readonly<Record<string, string>>;

export interface XmlHandlers {
  /** Names are without their prefix. */
  open(name: string, attributes: Attributes): void;
  close(name: string): void;
  text?(text: string): void;
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

const invalid = (cause?: unknown): FilesError =>
  new FilesError('XLSX_INVALID', 'permanent', {}, cause === undefined ? {} : { cause });

/** Parses a part of a workbook; yields after every piece, so that what was found can be passed on meanwhile. */
export async function* parseXml(
  bytes: AsyncIterable<Uint8Array>,
  handlers: XmlHandlers,
): AsyncGenerator<undefined, void, undefined> {
  const decoder = new Decoder('utf-8');
  let silence = 0;
  const parser = parserOf(handlers, () => {
    silence = 0;
  });
  const write = (text: string) => {
    silence += text.length;
    if (text !== '') parser.write(text);
    if (silence > LARGEST_TOKEN) throw new FilesError('XLSX_TOO_LARGE', 'permanent');
  };
  for await (const piece of bytes) {
    write(decoder.push(piece));
    yield;
  }
  write(decoder.end());
  parser.close();
  yield;
}

type Options = { position: false; xmlns: false };

function parserOf(handlers: XmlHandlers, heard: () => void): SaxesParser<Options> {
  const parser = new SaxesParser<Options>({ position: false, xmlns: false });
  parser.on('error', (error) => {
    throw invalid(error);
  });
  // No writer of workbooks declares a document type; entities of one are not expanded anyway.
  parser.on('doctype', () => {
    throw invalid();
  });
  let depth = 0;
  parser.on('opentag', ({ name, attributes }) => {
    heard();
    if (++depth > DEEPEST) throw invalid();
    handlers.open(local(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    heard();
    depth--;
    handlers.close(local(name));
  });
  parser.on('text', (text) => {
    heard();
    handlers.text?.(text);
  });
  parser.on('cdata', (text) => {
    heard();
    handlers.text?.(text);
  });
  return parser;
}

/** Reads a part to its end, where nothing need be passed on meanwhile. */
export async function readXml(bytes: AsyncIterable<Uint8Array>, handlers: XmlHandlers): Promise<void> {
  for await (const _ of parseXml(bytes, handlers));
}
