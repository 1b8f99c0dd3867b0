import { asList, asRecord } from '../../core/json.ts';

/** What the configuration file of the original knows and this release does not, and what to use instead. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  history_storage: 'set HISTORY_MAX_MESSAGES and the other variables of histories',
  usage_logging: 'every answer of a model is logged as model_answered',
  on_update: 'write an agent in code',
  on_complete: 'write an agent in code',
  model_failure_policy: 'the models are asked in order, then default_output is the answer',
  imports: 'put everything into one file',
};

const HISTORY = 'set HISTORY_MAX_MESSAGES and the other variables of histories';

/** A sentence for each thing that is well-formed and not supported (contract bot §22). */
export function unsupportedParts(value: unknown): readonly string[] {
  const { general_parameters: general, components, links } = asRecord(value);
  return [
    ...Object.keys(asRecord(general)).flatMap((key) => {
      const instead = key.startsWith('history_') ? HISTORY : UNSUPPORTED[key];
      return instead ? [`general_parameters.${key} is not supported: ${instead}`] : [];
    }),
    ...asList(components).flatMap((component, index) => unsupportedIn(asRecord(component), index)),
    ...(links === undefined ? [] : ['links are not supported: name the tools of an agent in uses_tool']),
  ];
}

function unsupportedIn(
  { type, sequence }: Readonly<Record<string, unknown>>,
  index: number,
): readonly string[] {
  const place = `components[${index}]`;
  if (type === 'process') return [`${place} is a process, which is not supported: write an agent in code`];
  return asList(sequence).flatMap((step, at) => {
    if (typeof step !== 'string')
      return [`${place}.sequence[${at}] is control flow, which is not supported: write an agent in code`];
    return /[:*?~()[\],]/.test(step)
      ? [`${place}.sequence[${at}] has a selector, which is not supported: filters choose what an agent sees`]
      : [];
  });
}
