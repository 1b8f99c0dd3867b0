import { randomBytes } from 'node:crypto';
import packageJson from '../../package.json' with { type: 'json' };

/** What a new project is made from. */
export interface Scaffold {
  readonly project: string;
  readonly region: string;
  readonly botType: 'whatsapp' | 'telegram';
  readonly provider: ScaffoldProvider;
  readonly model: string;
}

export type ScaffoldProvider = keyof typeof PROVIDERS;

/** Model providers whose chat completions `llmAgent` speaks, and the setting that holds the key. */
export const PROVIDERS = {
  google: { keyName: 'GOOGLE_API_KEY', baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai' },
  openai: { keyName: 'OPENAI_API_KEY', baseUrl: undefined },
  openrouter: { keyName: 'OPENROUTER_API_KEY', baseUrl: 'https://openrouter.ai/api/v1' },
  groq: { keyName: 'GROQ_API_KEY', baseUrl: 'https://api.groq.com/openai/v1' },
  anthropic: { keyName: 'ANTHROPIC_API_KEY', baseUrl: 'https://api.anthropic.com/v1' },
  deepseek: { keyName: 'DEEPSEEK_API_KEY', baseUrl: 'https://api.deepseek.com' },
} as const;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Settings of a new project; those of a converted one come from `convertParams`. */
export const newSettings = ({ project, region, botType }: Scaffold) => ({
  region,
  bot: { name: project, bot_type: botType, busy_policy: 'fifo' },
});

export const settingsText = (settings: object): string =>
  json({ $schema: './node_modules/hookline/hookline.schema.json', ...settings });

/** Every file but the settings, by its name. */
export const scaffoldFiles = (scaffold: Scaffold): Readonly<Record<string, string>> => ({
  'config.json': configFile(scaffold),
  'agent.ts': agentFile(scaffold),
  '.env.prod': environmentFile(scaffold),
  '.gitignore': GITIGNORE,
  'package.json': packageFile(scaffold),
  'README.md': readmeFile(scaffold),
});

const SYSTEM = 'You are a helpful assistant. Answer in a few short sentences.';

const configFile = ({ provider, model }: Scaffold): string =>
  json({
    general_parameters: {
      general_system_description: SYSTEM,
      default_models: [{ provider, model }],
    },
    components: [{ type: 'agent', name: 'assistant', system: 'Answer the user.' }],
  });

function agentFile({ provider, model }: Scaffold): string {
  const { keyName, baseUrl } = PROVIDERS[provider];
  const address = baseUrl === undefined ? '' : `\n  baseUrl: '${baseUrl}',`;
  return `import { llmAgent } from 'hookline/bot';

// The key is read from .env.prod, never from here.
export const agent = llmAgent({
  model: '${model}',${address}
  apiKeyName: '${keyName}',
  system: '${SYSTEM}',
});
`;
}

const random = (): string => randomBytes(24).toString('base64url');

/** Secrets that a person has to fetch are empty, those that are made up are made up. */
function environmentFile({ botType, provider }: Scaffold): string {
  const platform =
    botType === 'telegram'
      ? ['# From @BotFather in Telegram', 'TELEGRAM_TOKEN=', `TELEGRAM_WEBHOOK_SECRET_TOKEN=${random()}`]
      : [
          '# From https://developers.facebook.com/apps: WhatsApp, API Setup; the secret under App settings, Basic',
          'WHATSAPP_TOKEN=',
          'WHATSAPP_PHONE_NUMBER_ID=',
          'WHATSAPP_APP_SECRET=',
          '# To be given to Meta with the webhook',
          `WEBHOOK_VERIFY_TOKEN=${random()}`,
        ];
  return [
    "# The bot's secrets. hookline bot update puts them into SSM. Never commit this file.",
    ...platform,
    '# The language model',
    `${PROVIDERS[provider].keyName}=`,
    '',
  ].join('\n');
}

const GITIGNORE = [
  'node_modules/',
  'dist/',
  '.hookline/',
  '.env*',
  '.bootstrap_state.json',
  '*.tfstate*',
  '',
].join('\n');

/** Peers that the commands need in a project. The model's vendor packages are the agent's matter. */
const PEERS = Object.entries(packageJson.peerDependencies);

const packageFile = ({ project }: Scaffold): string =>
  json({
    name: project,
    private: true,
    type: 'module',
    scripts: { update: 'hookline bot update', doctor: 'hookline bot doctor' },
    devDependencies: Object.fromEntries([['hookline', packageJson.version], ...PEERS].sort(byName)),
  });

const byName = ([a = '']: readonly string[], [b = '']: readonly string[]) => (a < b ? -1 : 1);

const readmeFile = ({ project, botType }: Scaffold): string => `# ${project}

A ${botType === 'telegram' ? 'Telegram' : 'WhatsApp'} bot on AWS Lambda, made with hookline. The agent is in \`agent.ts\`.

1. Fill in \`.env.prod\`.
2. \`npm install\`
3. \`npx hookline bot update\`

Then write to the bot. \`npx hookline bot doctor\` says what is wrong when it does not answer. Keep
\`package-lock.json\` and the state file \`bot.tfstate\`: the first makes builds repeatable, the second is how
Terraform knows what it made. For several people, let \`backend\` in \`hookline.json\` name an S3 bucket.
`;
