const TEXT: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  log: 'text/plain; charset=utf-8',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  html: 'text/html; charset=utf-8',
  xml: 'application/xml',
};

const BINARY: Readonly<Record<string, string>> = {
  gz: 'application/gzip',
  zip: 'application/zip',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

const extensionOf = (name: string): string => /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';

/** By the extension; `application/octet-stream` for any other. */
export const contentTypeOf = (name: string): string =>
  TEXT[extensionOf(name)] ?? BINARY[extensionOf(name)] ?? 'application/octet-stream';

/** Whether gzip makes such a file smaller: texts, and nothing that is compressed already. */
export const isText = (contentType: string): boolean =>
  /^(text\/|application\/(json|yaml|xml|x-ndjson)\b)/.test(contentType);
