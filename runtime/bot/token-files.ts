import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { TokenSettings } from './token-settings.ts';

export interface TokenFilePorts {
  openStore(bucket: string): ObjectStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the function's package lies. */
  readonly packageRoot: string;
  /** The bucket is asked about a file at most this often; 0 = once. */
  readonly refreshMillis: number;
}

/** A file as it was when it was last the same here and there. */
interface KnownFile {
  readonly name: string;
  readonly path: string;
  readonly key: string;
  readonly objects: ObjectStore | undefined;
  readonly checkedAtMillis: number;
  /** Of the object in the bucket; undefined when there was none, or nobody asked yet. */
  readonly etag: string | undefined;
  /** Of the content; undefined when there was no file. */
  readonly hash: string | undefined;
}

/**
 * Keeps token files in the temporary folder (contract bot §4.4, §4.5): what is there stays, else from the bucket,
 * else from the package; asked about again when the refresh interval has passed. An unchanged file costs no call.
 */
export class TokenFiles {
  private readonly known = new Map<string, KnownFile>();

  constructor(private readonly ports: TokenFilePorts) {}

  /** Brings every file up to date. Throws `AwsCallError` only for a file that was not here before. */
  async fetch(settings: TokenSettings): Promise<void> {
    if (settings.names.length === 0) return;
    const objects = settings.bucket === undefined ? undefined : this.ports.openStore(settings.bucket);
    await Promise.all(
      settings.names.map(async (name) => {
        const key = settings.prefix ? `${settings.prefix}/${name}` : name;
        const place = { name, key, objects, path: join(settings.tmpDir, name) };
        const known = this.known.get(place.path);
        if (known?.key === key) await this.refresh(known);
        else await this.fetchFirst(place);
      }),
    );
  }

  /** Stores what changed here since it came. Never throws: the turn is over by then. */
  async writeBack(): Promise<void> {
    for (const file of this.known.values()) {
      try {
        await this.store(file);
      } catch (error) {
        this.ports.log.error('token_file_not_stored', { name: file.name, error: describeError(error) });
      }
    }
  }

  private async fetchFirst(place: Pick<KnownFile, 'name' | 'path' | 'key' | 'objects'>): Promise<void> {
    const { name, path } = place;
    if (existsSync(path)) return this.note(place, undefined);
    const stored = await place.objects?.get(place.key);
    const packaged = join(this.ports.packageRoot, name);
    if (stored?.status === 'found') writeWhole(path, stored.body);
    else if (isFile(packaged)) writeWhole(path, readFileSync(packaged));
    else this.ports.log.warn('token_file_missing', { name });
    this.note(place, stored?.status === 'found' ? stored.etag : undefined);
  }

  /** A file that cannot be asked about serves on. */
  private async refresh(file: KnownFile): Promise<void> {
    const { refreshMillis, clock, log } = this.ports;
    const isDue = refreshMillis > 0 && clock.nowMillis() - file.checkedAtMillis >= refreshMillis;
    if (!isDue || !file.objects) return;
    this.known.set(file.path, { ...file, checkedAtMillis: clock.nowMillis() });
    try {
      await this.takeStored(file, file.etag);
    } catch (error) {
      log.warn('token_file_not_refreshed', { name: file.name, error: describeError(error) });
    }
  }

  private async takeStored(file: KnownFile, knownEtag?: string): Promise<void> {
    const stored = await file.objects?.get(file.key, knownEtag);
    if (stored?.status !== 'found') return;
    writeWhole(file.path, stored.body);
    this.note(file, stored.etag);
  }

  private async store(file: KnownFile): Promise<void> {
    if (!file.objects || !isFile(file.path)) return;
    const body = readFileSync(file.path);
    if (hashOf(body) === file.hash) return;
    const condition = file.etag === undefined ? ({ ifAbsent: true } as const) : { ifMatch: file.etag };
    const result = await file.objects.put(file.key, body, condition);
    if (result.status === 'stored') return this.note(file, result.etag, hashOf(body));
    this.ports.log.warn('token_file_changed_elsewhere', { name: file.name });
    await this.takeStored(file);
  }

  private note(place: Omit<KnownFile, 'checkedAtMillis' | 'etag' | 'hash'>, etag?: string, hash?: string) {
    const { name, path, key, objects } = place;
    const checkedAtMillis = this.ports.clock.nowMillis();
    const content = hash ?? (isFile(path) ? hashOf(readFileSync(path)) : undefined);
    this.known.set(path, { name, path, key, objects, checkedAtMillis, etag, hash: content });
  }
}

const hashOf = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** All of the file or none of it, readable by this user only. */
function writeWhole(path: string, body: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${randomUUID()}.part`;
  // `wx`: whatever lies at that name already, a link above all, is not written through.
  writeFileSync(part, body, { mode: 0o600, flag: 'wx' });
  renameSync(part, path);
}
