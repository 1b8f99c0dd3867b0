import type { Import } from './imports.ts';

/** The dependency rules of the design: who may import what. */

const under = (folder: string, file: string): boolean => file.startsWith(`${folder}/`);
const isCdktf = (target: string): boolean => /^(cdktf|cdktn|constructs|@cdktf|@cdktn)(\/|$)/.test(target);
/** `runtime/bot/job.ts` → `bot`; undefined outside `runtime` and for files directly in it. */
const runtimePart = (file: string): string | undefined => /^runtime\/([^/]+)\//.exec(file)?.[1];
const systems = ['bot', 'replies', 'files', 'gateway'];
const shared = ['core', 'channels', 'models'];

const clientMayImport = /^runtime\/(client\/|core\/(retry|clock|errors|aws-errors)\.ts$)/;

interface Rule {
  readonly says: string;
  breaks(edge: Import): boolean;
}

export const rules: readonly Rule[] = [
  {
    says: 'nothing imports main.ts',
    breaks: ({ target }) => target === 'main.ts',
  },
  {
    says: 'nothing imports test or local, except test and local themselves',
    breaks: ({ from, target }) =>
      ['test', 'local'].some((folder) => under(folder, target)) &&
      !['test', 'local'].some((folder) => under(folder, from)) &&
      from !== 'vitest.config.ts',
  },
  {
    says: 'runtime imports neither cdktf nor modules, cli or main',
    breaks: ({ from, target }) =>
      under('runtime', from) && (isCdktf(target) || under('modules', target) || under('cli', target)),
  },
  {
    says: 'modules import from runtime only types, and only from runtime/*/config.ts',
    breaks: ({ from, target, typeOnly }) =>
      under('modules', from) &&
      under('runtime', target) &&
      !(typeOnly && /^runtime\/[^/]+\/config\.ts$/.test(target)),
  },
  {
    says: 'main.ts imports modules and cdktf, never runtime',
    breaks: ({ from, target }) => from === 'main.ts' && (under('runtime', target) || under('cli', target)),
  },
  {
    says: 'modules/parts imports no system',
    breaks: ({ from, target }) =>
      under('modules/parts', from) && under('modules', target) && !under('modules/parts', target),
  },
  {
    says: 'systems never import each other',
    breaks: ({ from, target }) =>
      ['runtime', 'modules'].some((root) => {
        const [own, other] = [from, target].map((file) =>
          systems.find((system) => under(`${root}/${system}`, file)),
        );
        return own !== undefined && other !== undefined && own !== other;
      }),
  },
  {
    says: 'core, channels and models import no system',
    breaks: ({ from, target }) => {
      const [own, other] = [runtimePart(from), runtimePart(target)];
      return (
        own !== undefined &&
        other !== undefined &&
        shared.includes(own) &&
        (systems.includes(other) || other === 'client')
      );
    },
  },
  {
    says: 'core imports nothing of the runtime but core',
    breaks: ({ from, target }) =>
      under('runtime/core', from) && under('runtime', target) && !under('runtime/core', target),
  },
  {
    says: 'client imports only retry and the error classes',
    breaks: ({ from, target }) =>
      under('runtime/client', from) && under('runtime', target) && !clientMayImport.test(target),
  },
  {
    says: 'Terraform variables and outputs live in module.ts; index.ts takes plain props',
    breaks: ({ from, target }) =>
      /^modules\/[^/]+\/index\.ts$/.test(from) && /(^|\/)(module|module-stack)\.ts$/.test(target),
  },
  {
    says: 'resources of a provider are imported one by one',
    breaks: ({ target }) => /^@(cdktf|cdktn)\/provider-[^/]+$/.test(target),
  },
];

/** Files that may read `process.env` and the wall clock and construct AWS clients. */
export const isEdge = (file: string): boolean =>
  /(^|[/-])(handler|server)\.ts$|\/entries\/[^/]+\.ts$|^(main|vitest\.config)\.ts$|^(cli|local|scripts|test|examples)\//.test(
    file,
  );

interface TextRule {
  readonly says: string;
  readonly pattern: RegExp;
  /** Files that are the port to the thing itself, or are told apart by a reason. */
  readonly except: (file: string) => boolean;
}

export const textRules: readonly TextRule[] = [
  {
    says: 'only handlers, servers and the command read process.env',
    pattern: /\bprocess\.env\b/,
    // The build writes the text of a handler, and modules/publish.ts is a script.
    except: (file) => isEdge(file) || /(^|\/)(build|publish)\.ts$/.test(file),
  },
  {
    says: 'only handlers, servers and the command read the wall clock',
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bsetTimeout\(|\bsetInterval\(/,
    except: (file) => isEdge(file) || file === 'runtime/core/clock.ts',
  },
  {
    says: 'only handlers, servers and the command construct AWS clients',
    pattern: /\bnew (DynamoDB|S3|SQS|SSM|Lambda|SecretsManager|CloudWatch)Client\(/,
    // The user's own code makes this agent: there is no handler that could give it a client.
    except: (file) => isEdge(file) || file === 'runtime/bot/agents/lambda.ts',
  },
  {
    says: 'what is stored is data: nothing that was read is run or revived as objects',
    pattern: /\beval\(|\bnew Function\(|['"]node:vm['"]|['"]node:v8['"]|\bdeserialize\(/,
    except: (file) => !file.startsWith('runtime/'),
  },
  {
    says: 'Terraform variables and outputs are made in module.ts and parts of module-stack only',
    pattern: /\bnew Terraform(Variable|Output)\(/,
    except: (file) => !/^modules\/[^/]+\/index\.ts$/.test(file),
  },
];
