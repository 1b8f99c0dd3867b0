import { VERSION } from '../../../runtime/core/version.ts';
import { hasSqlite } from '../../node-version.ts';
import { numberInput, type Project } from '../../project/project.ts';
import type { Secrets } from '../../project/secrets.ts';
import { bad, type Finding, ok, warning } from './finding.ts';
import { graphVersionFinding } from './graph-version.ts';

const OLDEST_NODE = [20, 11] as const;

export function versionFinding(nodeVersion: string): Finding {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  const text = `hookline ${VERSION} on Node ${nodeVersion}`;
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  if (isOld) return bad('version', text, 'Install Node 22.13 or later.');
  if (hasSqlite(nodeVersion)) return ok('version', text);
  return warning('version', `${text}: it cannot read histories`, 'Install Node 22.13 or later.');
}

/** A worker must not lose its lock while it works. */
const LOCK_MARGIN_SECONDS = 15;

export function lockFinding(project: Project): Finding {
  const timeout = numberInput(project, 'workerTimeoutSeconds');
  const ttl = numberInput(project, 'lockTtlSeconds');
  const text = `lock_ttl_seconds ${ttl}, worker_timeout_seconds ${timeout}`;
  if (ttl >= timeout + LOCK_MARGIN_SECONDS) return ok('lock', text);
  return bad('lock', text, `Set lock_ttl_seconds to ${timeout + LOCK_MARGIN_SECONDS} or more.`);
}

/** `stored` is what SSM holds: undefined when it was not asked. */
export function secretsFindings(
  project: Project,
  secrets: Secrets | undefined,
  nowMillis: number,
): readonly Finding[] {
  if (!secrets) {
    const fix = 'Run hookline bot start, and fill in .env.prod.';
    return [bad('secrets', `there is no file ${project.environmentFile}`, fix)];
  }
  const { config, faults, warnings } = secrets;
  if (faults.length > 0) return [bad('secrets', faults.join('; '), 'Fill them in in .env.prod.')];
  return [
    ...warnings.map((text) => warning('secrets', text, 'See .env.prod.')),
    ...(warnings.length === 0 ? [ok('secrets', 'complete')] : []),
    ...(config?.botType === 'whatsapp' ? [graphVersionFinding(config.whatsapp.graphVersion, nowMillis)] : []),
  ];
}
