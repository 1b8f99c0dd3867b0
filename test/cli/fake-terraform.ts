import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunProgram } from '../../cli/program.ts';

interface Stack {
  readonly resource: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Change {
  readonly address: string;
  readonly mode: 'managed';
  readonly change: { readonly actions: readonly string[] };
}

export const WEBHOOK_URL = 'https://api.example/Prod/webhook';

/** Terraform as far as the command sees it: it keeps each resource's JSON and plans by comparing. */
export class FakeTerraform {
  /** Commands in order, without `version`. */
  readonly commands: string[] = [];
  /** Address → its configuration as JSON. */
  readonly state = new Map<string, string>();
  outputs: Readonly<Record<string, unknown>> = {
    webhook_url: WEBHOOK_URL,
    api_url: 'https://api.example/Prod',
    bucket_name: 'bucket',
    dead_letter_queue_url: 'https://sqs/dead',
    worker_log_group_name: '/aws/lambda/shop-worker',
  };
  /** Called before a command does its work. */
  before: (command: string) => void = () => {};
  version: string | undefined = '1.9.0';

  readonly run: RunProgram = async (program, args, { folder, onLine }) => {
    const [command = ''] = args;
    if (this.version === undefined || program !== 'terraform') return undefined;
    if (command !== 'version') this.commands.push(args.filter((arg) => !arg.startsWith('-')).join(' '));
    try {
      this.before(command);
      const out = this.answer(command, args, folder);
      for (const line of out.split('\n')) onLine?.(line);
      return { exitCode: 0, out, error: '' };
    } catch (error) {
      return { exitCode: 1, out: '', error: (error as Error).message };
    }
  };

  private answer(command: string, args: readonly string[], folder: string): string {
    if (command === 'version') return JSON.stringify({ terraform_version: this.version });
    if (command === 'plan') {
      const file = args.find((arg) => arg.startsWith('-out='))?.slice('-out='.length) ?? '';
      writeFileSync(path.join(folder, file), JSON.stringify(this.plan(folder, args.includes('-destroy'))));
    }
    if (command === 'show')
      return JSON.stringify({
        resource_changes: JSON.parse(readFileSync(path.join(folder, args.at(-1)!), 'utf8')),
      });
    if (command === 'apply') return this.apply(folder, args.at(-1)!);
    if (command === 'output')
      return JSON.stringify(
        this.state.size === 0
          ? {}
          : Object.fromEntries(Object.entries(this.outputs).map(([name, value]) => [name, { value }])),
      );
    return '';
  }

  private plan(folder: string, destroy: boolean): readonly Change[] {
    const wanted = destroy ? new Map<string, string>() : configured(folder);
    const change = (address: string, ...actions: string[]): Change => ({
      address,
      mode: 'managed',
      change: { actions },
    });
    const made = [...wanted].flatMap(([address, json]) => {
      const old = this.state.get(address);
      if (old === json) return [];
      return [change(address, old === undefined ? 'create' : 'update')];
    });
    const gone = [...this.state.keys()].filter((address) => !wanted.has(address));
    return [...made, ...gone.map((address) => change(address, 'delete'))];
  }

  private apply(folder: string, file: string): string {
    const changes: readonly Change[] = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    const wanted = configured(folder);
    for (const { address, change } of changes) {
      if (change.actions.includes('delete')) this.state.delete(address);
      else this.state.set(address, wanted.get(address) ?? '');
    }
    return changes.map(() => JSON.stringify({ type: 'apply_complete' })).join('\n');
  }
}

function configured(folder: string): Map<string, string> {
  const file = path.join(folder, 'cdk.tf.json');
  if (!existsSync(file)) return new Map();
  const { resource } = JSON.parse(readFileSync(file, 'utf8')) as Stack;
  const entries = Object.entries(resource).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, block]) => [`${type}.${id}`, JSON.stringify(block)] as const),
  );
  return new Map(entries);
}
