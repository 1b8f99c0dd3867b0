import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { BOT_TAG } from '../../modules/parts/tags.ts';
import { callAws } from '../../runtime/core/aws-errors.ts';
import type { World } from '../world.ts';

/** A bot that is deployed in the account and region. */
export interface ListedBot {
  readonly name: string;
  readonly resources: number;
  /** Undefined for one with a function URL, whose address no ARN tells. */
  readonly webhookUrl: string | undefined;
}

interface Page {
  readonly ResourceTagMappingList?: readonly {
    readonly ResourceARN?: string;
    readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  }[];
  readonly PaginationToken?: string;
}

/** Finds bots by the mark on their resources. */
export async function listBots(region: string | undefined, world: World): Promise<readonly ListedBot[]> {
  const arns = await taggedArns(BOT_TAG, region, world);
  return [...arns]
    .map(([name, found]) => ({ name, resources: found.length, webhookUrl: webhookUrlOf(found) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** ARNs of what carries a tag, by the tag's value: one call for a hundred resources. */
export async function taggedArns(
  tag: string,
  region: string | undefined,
  world: World,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const tagging = await world.tagging(region);
  const arns = new Map<string, string[]>();
  let token: string | undefined;
  do {
    const command = new GetResourcesCommand({
      TagFilters: [{ Key: tag }],
      ResourcesPerPage: 100,
      ...(token && { PaginationToken: token }),
    });
    const page: Page = await callAws(world.clock, 'tag:GetResources', () => tagging.send(command));
    for (const { ResourceARN: arn = '', Tags = [] } of page.ResourceTagMappingList ?? []) {
      const name = Tags.find(({ Key }) => Key === tag)?.Value ?? '';
      arns.set(name, [...(arns.get(name) ?? []), arn]);
    }
    token = page.PaginationToken || undefined;
  } while (token);
  return arns;
}

/** An API's address follows from its ARN. */
function webhookUrlOf(arns: readonly string[]): string | undefined {
  for (const arn of arns) {
    const [, region, kind, id] = /^arn:aws:apigateway:([\w-]+)::\/(restapis|apis)\/(\w+)$/.exec(arn) ?? [];
    if (id)
      return `https://${id}.execute-api.${region}.amazonaws.com${kind === 'apis' ? '' : '/Prod'}/webhook`;
  }
  return undefined;
}
