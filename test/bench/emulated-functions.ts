import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import type { Emulator } from '../../local/emulator/emulator.ts';
import { bundle } from '../../runtime/bundle.ts';

const REGION = 'eu-central-1';

/** Where an emulator answers. */
type Answering = Pick<Emulator, 'endpoint'>;

/** Settings of an SDK client that talks to the emulator. */
export const clientSettings = ({ endpoint }: Answering) => ({
  endpoint,
  region: REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** The zip of a handler that does nothing but log a line, as every handler must there to be fast. */
export const bareZip = (): Uint8Array =>
  zipSync({
    'index.mjs': strToU8(
      `export const handler = async () => { console.log('{"level":"INFO"}'); return { statusCode: 200, body: '"ok"' }; };`,
    ),
  });

/** The zip of a handler that hands the body to the worker, logs a line and answers. */
export async function invokeZip(outdir: string): Promise<Uint8Array> {
  const source = `import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
const client = new LambdaClient({ maxAttempts: 1 });
export const handler = async ({ body }) => {
  await client.send(new InvokeCommand({ FunctionName: 'worker', InvocationType: 'Event', Payload: body }));
  console.log('{"level":"INFO"}');
  return { statusCode: 200, body: '"ok"' };
};`;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { zipPath } = await bundle('invoke', { source }, { root, outdir });
  return readFileSync(zipPath);
}

export async function createFunction(
  emulator: Answering,
  name: string,
  zip: Uint8Array,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { FunctionArn } = await new LambdaClient(clientSettings(emulator)).send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/bench',
      Code: { ZipFile: zip },
      Timeout: 10,
      MemorySize: 256,
      Environment: { Variables: { ...environment } },
    }),
  );
  return String(FunctionArn);
}

/** A REST API with `POST /<name>` for each function; resolves to the address before the name. */
export async function createApi(
  { endpoint }: Answering,
  functions: Readonly<Record<string, string>>,
): Promise<string> {
  const call = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const scope = `20261121/${REGION}/apigateway/aws4_request`;
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        authorization: `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=host, Signature=none`,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const { id, rootResourceId } = await call('POST', '/restapis', { name: 'bench' });
  const api = `/restapis/${id}`;
  for (const [name, arn] of Object.entries(functions)) {
    const resource = await call('POST', `${api}/resources/${rootResourceId}`, { pathPart: name });
    const method = `${api}/resources/${resource.id}/methods/POST`;
    await call('PUT', method, { authorizationType: 'NONE' });
    await call('PUT', `${method}/integration`, {
      type: 'AWS_PROXY',
      httpMethod: 'POST',
      uri: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${arn}/invocations`,
    });
  }
  await call('POST', `${api}/deployments`, { stageName: 'prod' });
  return `${endpoint}/_aws/execute-api/${id}/prod`;
}
