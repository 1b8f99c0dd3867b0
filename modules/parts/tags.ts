import { Aspects, type IAspect, Token } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { type Expression, expression, hcl } from './optional.ts';

type Tags = Readonly<Record<string, string>> | Expression;
type Taggable = { tags: Readonly<Record<string, string>>; readonly terraformResourceType: string };

/** A generated resource class that has tags declares both properties. */
const isTaggable = (node: IConstruct): node is IConstruct & Taggable => 'tags' in node && 'tagsInput' in node;

/** Marks what belongs to a bot, with the bot's name: `hookline bot list` finds it by this. */
export const BOT_TAG = 'hookline:bot';

/** Marks what belongs to a reply engine, with the name of the deployment. */
export const REPLIES_TAG = 'hookline:replies';

/** Marks what belongs to a files deployment, with its name. */
export const FILES_TAG = 'hookline:files';

/**
 * Without the mark, as nobody looks for them by it: they go with what they belong to. An emulator forgets their
 * tags, so each plan on it would set them again.
 */
const UNMARKED: ReadonlySet<string> = new Set(['aws_cloudwatch_metric_alarm', 'aws_api_gateway_stage']);

/** Puts a system's mark and the user's tags on every resource below that can carry them. */
export function addTags(scope: Construct, mark: string, name: string, tags: Tags): void {
  const own = { [mark]: name };
  const values =
    typeof tags === 'string'
      ? Token.asStringMap(expression(`merge(${hcl(tags)}, ${hcl(own)})`))
      : { ...tags, ...own };
  const aspect: IAspect = {
    visit(node) {
      if (!isTaggable(node)) return;
      if (!UNMARKED.has(node.terraformResourceType)) node.tags = values;
      else if (typeof tags === 'string') node.tags = Token.asStringMap(tags);
      else if (Object.keys(tags).length > 0) node.tags = tags;
    },
  };
  Aspects.of(scope).add(aspect);
}
