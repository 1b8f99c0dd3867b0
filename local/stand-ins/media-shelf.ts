import { createHash } from 'node:crypto';

/** A medium as a platform keeps it. */
export interface HeldMedia {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  readonly fileName?: string;
}

/** Media of a platform by id: what users sent, and what bots uploaded. The oldest go when there are many. */
export class MediaShelf {
  private readonly held = new Map<string, HeldMedia>();
  private count = 0;

  /** `name` makes the id from a running number. */
  constructor(private readonly name: (number: number) => string) {}

  add(media: HeldMedia): string {
    this.count += 1;
    const id = this.name(this.count);
    this.held.set(id, media);
    const oldest = this.held.keys().next().value;
    if (this.held.size > MAX_HELD && oldest !== undefined) this.held.delete(oldest);
    return id;
  }

  get(id: unknown): HeldMedia | undefined {
    return this.held.get(String(id));
  }
}

const MAX_HELD = 50;

/** Lower-case hex. */
export const sha256 = ({ bytes }: HeldMedia): string => createHash('sha256').update(bytes).digest('hex');

/** A form's fields and files; what is recorded of a file are its name, type and size. */
export async function formFields(request: Request): Promise<{
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, HeldMedia>>;
}> {
  const fields: Record<string, unknown> = {};
  const files: Record<string, HeldMedia> = {};
  for (const [name, value] of await request.formData()) {
    if (typeof value === 'string') fields[name] = jsonValue(value);
    else {
      files[name] = {
        bytes: new Uint8Array(await value.arrayBuffer()),
        mimeType: value.type,
        fileName: value.name,
      };
      fields[name] = { fileName: value.name, mimeType: value.type, bytes: value.size };
    }
  }
  return { fields, files };
}

/** Forms carry objects as JSON. */
function jsonValue(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
