import { ReadableStack } from '../../modules/module-stack.ts';
import { Replies, type RepliesProps } from '../../modules/replies/index.ts';
import { repliesModule } from '../../modules/replies/module.ts';
import { type Synthesised, synthIn } from './synth.ts';

export const REPLIES_ZIPS = { webhook: 'webhook.zip', sweeper: 'sweeper.zip' };

/** The construct with plain props, as Terraform's JSON. */
export function synthReplies(props: RepliesProps = {}): Synthesised {
  const synthesised = synthIn<Pick<Synthesised, 'resource' | 'data'>>((app) => {
    const stack = new ReadableStack(app, 'replies');
    new Replies(stack, 'Default', { bundles: REPLIES_ZIPS, package: { path: 'worker.zip' }, ...props });
    return stack;
  });
  return { locals: {}, variable: {}, output: {}, ...synthesised };
}

/** The construct with variables, as it is published. */
export const synthRepliesModule = (): Synthesised => synthIn(repliesModule);

export const GIVEN_TABLE = {
  name: 'shared',
  arn: 'arn:aws:dynamodb:eu-north-1:000000000000:table/shared',
};

/** Every shape that a reply engine can take, with literals and with variables. */
export const REPLIES_SHAPES: Readonly<Record<string, () => Synthesised>> = {
  manual: () => synthReplies(),
  'with an environment': () => synthReplies({ environmentName: 'dev' }),
  'on a given table': () => synthReplies({ conversationsTable: GIVEN_TABLE }),
  module: synthRepliesModule,
};
