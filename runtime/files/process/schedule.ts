import type { RulePlan } from '../rules/plan.ts';

/**
 * Catalogs in the order in which to read them: what a rule must know of one catalog before it can test the rows of
 * another comes first, so that one pass over each suffices (contract files §6.3). Else the order given; of catalogs
 * that wait for each other the first given is read first.
 */
export function readingOrder(catalogs: readonly string[], plans: readonly RulePlan[]): readonly string[] {
  const before = new Map<string, Set<string>>(catalogs.map((id) => [id, new Set()]));
  for (const { gathers, testsRowsOf } of plans) {
    for (const { catalog, after } of gathers) {
      if (testsRowsOf !== undefined && catalog !== testsRowsOf) before.get(testsRowsOf)?.add(catalog);
      for (const place of after) {
        const earlier = gathers[place]?.catalog;
        if (earlier !== undefined && earlier !== catalog) before.get(catalog)?.add(earlier);
      }
    }
  }
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const earlier of catalogs) if (before.get(id)?.has(earlier)) visit(earlier);
    order.push(id);
  };
  catalogs.forEach(visit);
  return order;
}
