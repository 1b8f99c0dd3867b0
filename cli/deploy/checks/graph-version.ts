import { DEFAULT_GRAPH_VERSION } from '../../../runtime/bot/config-platforms.ts';
import { bad, type Finding, ok, warning } from './finding.ts';

/**
 * Last day of each version of the Graph API, by Meta's changelog of November 2026: two years after the version
 * that followed it. The newest has none yet.
 */
const EXPIRY: Readonly<Record<string, string>> = {
  'v19.0': '2026-05-21',
  'v20.0': '2026-09-24',
  'v21.0': '2027-01-21',
  'v22.0': '2027-05-20',
  'v23.0': '2027-10-08',
  'v24.0': '2028-02-18',
  'v25.0': '2028-07-29',
};

const OLDEST_KNOWN = 19;
const WARN_DAYS = 90;
const DAY_MILLIS = 86_400_000;

/** Warns 90 days before the version ends (contract bot §16.1). */
export function graphVersionFinding(version: string, nowMillis: number): Finding {
  const fix = `Set GRAPH_API_VERSION to ${DEFAULT_GRAPH_VERSION}, or take the line out.`;
  const expiry = EXPIRY[version];
  if (expiry === undefined && Number.parseInt(version.slice(1), 10) < OLDEST_KNOWN)
    return bad('graph', `Graph API ${version} has ended`, fix);
  if (expiry === undefined) return ok('graph', `Graph API ${version}, without an end as yet`);
  const days = Math.floor((Date.parse(expiry) - nowMillis) / DAY_MILLIS);
  if (days < 0) return bad('graph', `Graph API ${version} has ended on ${expiry}`, fix);
  if (days < WARN_DAYS)
    return warning('graph', `Graph API ${version} ends in ${days} days, on ${expiry}`, fix);
  return ok('graph', `Graph API ${version}, until ${expiry}`);
}
