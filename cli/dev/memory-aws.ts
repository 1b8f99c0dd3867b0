import { createHash } from 'node:crypto';
import type { AwsClient } from '../../runtime/core/aws-errors.ts';

/** The part of S3's and Lambda's commands that the bot's handler sends. */
interface Input {
  readonly Key?: string;
  readonly Prefix?: string;
  readonly Body?: Uint8Array | string;
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly Payload?: Uint8Array | string;
}

interface Command {
  readonly input: Input;
}

interface StoredObject {
  readonly body: Uint8Array;
  readonly etag: string;
}

const refusal = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

/** One bucket that lives as long as this process. */
export function memoryS3(): AwsClient {
  const objects = new Map<string, StoredObject>();
  const operations: Readonly<Record<string, (input: Input) => object>> = {
    GetObjectCommand: ({ Key = '', IfNoneMatch }) => {
      const object = objects.get(Key);
      if (!object) throw refusal('NoSuchKey', 404);
      if (object.etag === IfNoneMatch) throw refusal('NotModified', 304);
      return { Body: { transformToByteArray: async () => object.body }, ETag: object.etag };
    },
    PutObjectCommand: ({ Key = '', Body = '', IfMatch, IfNoneMatch }) => {
      const current = objects.get(Key);
      if ((IfMatch && current?.etag !== IfMatch) || (IfNoneMatch && current))
        throw refusal('PreconditionFailed', 412);
      const body = Uint8Array.from(Buffer.from(Body as Uint8Array));
      const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
      objects.set(Key, { body, etag });
      return { ETag: etag };
    },
    DeleteObjectCommand: ({ Key = '' }) => {
      objects.delete(Key);
      return {};
    },
    ListObjectsV2Command: ({ Prefix = '' }) => ({
      Contents: [...objects.keys()].filter((key) => key.startsWith(Prefix)).map((Key) => ({ Key })),
    }),
  };
  return {
    async send(command: Command) {
      const operation = operations[command.constructor.name];
      if (!operation) throw refusal('NotImplemented', 501);
      return operation(command.input);
    },
  };
}

/** Lambda with one function: jobs are worked one after another, so the order of a chat is kept. */
export function memoryLambda(work: (job: unknown) => Promise<unknown>) {
  let last: Promise<unknown> = Promise.resolve();
  const client: AwsClient = {
    async send({ input }: Command) {
      const job: unknown = JSON.parse(Buffer.from((input.Payload ?? '{}') as Uint8Array).toString('utf8'));
      last = last.then(() => work(job));
      return { StatusCode: 202 };
    },
  };
  /** Resolves when every job that was handed over is done. */
  return { client, settled: () => last };
}
