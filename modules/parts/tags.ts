import { Aspects, type IAspect, Token } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { type Expression, expression, hcl } from './optional.ts';

type Tags = Readonly<Record<string, string>> | Expression;
type Taggable = { tags: Readonly<Record<string, string>> };

/** A generated resource class that has tags declares both properties. */
const isTaggable = (node: IConstruct): node is IConstruct & Taggable => 'tags' in node && 'tagsInput' in node;

/** Marks what belongs to a bot, with the bot's name: `hookline bot list` finds it by this. */
export const BOT_TAG = 'hookline:bot';

/** Puts the bot's mark and the user's tags on every resource below that can carry them. */
export function addTags(scope: Construct, botName: string, tags: Tags): void {
  const own = { [BOT_TAG]: botName };
  const values =
    typeof tags === 'string'
      ? Token.asStringMap(expression(`merge(${hcl(tags)}, ${hcl(own)})`))
      : { ...tags, ...own };
  const aspect: IAspect = {
    visit(node) {
      if (isTaggable(node)) node.tags = values;
    },
  };
  Aspects.of(scope).add(aspect);
}
