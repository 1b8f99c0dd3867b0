import { Aspects, type IAspect, Token } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import type { Expression } from './optional.ts';

type Tags = Readonly<Record<string, string>> | Expression;
type Taggable = { tags: Readonly<Record<string, string>> };

/** A generated resource class that has tags declares both properties. */
const isTaggable = (node: IConstruct): node is IConstruct & Taggable => 'tags' in node && 'tagsInput' in node;

/** Puts the tags on every resource below that can carry them. */
export function addTags(scope: Construct, tags: Tags): void {
  const values = typeof tags === 'string' ? Token.asStringMap(tags) : tags;
  if (typeof tags !== 'string' && Object.keys(tags).length === 0) return;
  const aspect: IAspect = {
    visit(node) {
      if (isTaggable(node)) node.tags = values;
    },
  };
  Aspects.of(scope).add(aspect);
}
