import path from 'node:path';

/** A file of a page, ready to be sent. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** A file with the type that its name says. */
export const pageFile = (name: string, body: string): PageFile => ({
  type: TYPES[path.extname(name)] ?? 'text/plain',
  body,
});
