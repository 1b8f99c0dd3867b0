import type { Report, ReportFailure } from '../../../../runtime/files/report/model.ts';

/** A failure of the sample; what matters to a test is given. */
export const failureOf = (given: Partial<ReportFailure> = {}): ReportFailure => ({
  timestamp: '2026-03-02T08:00:01.000Z',
  severity: 'error',
  message: 'La cantidad debe ser mayor que cero',
  type: 'RULE_FAILED',
  file: 'pedidos.csv',
  line: 4,
  field: 'cantidad',
  value: '-1',
  rule: 'pedidos.cantidad.1',
  ...given,
});

/** A report of two files, one of them missing. */
export const sampleReport = (given: Partial<Report> = {}): Report => ({
  schema_version: 1,
  execution_id: '7b0c1f0e-2d52-4b5b-9a55-0f6f0c5f4a10',
  specification: { name: 'Pedidos diarios', version: '1.0' },
  execution_info: {
    start_time: '2026-03-02T08:00:00.000Z',
    end_time: '2026-03-02T08:01:05.000Z',
    duration: '00:01:05',
    log_directory: '.',
    casilla_id: 7,
    emisor_id: null,
    metodo_envio: 'sftp',
  },
  summary: { total_records: 3, errors: 2, warnings: 1, messages: 0, success_rate: 66.67, status: 'Fallido' },
  files: {
    statistics: {
      'pedidos.csv': { records: 3, errors: 1, warnings: 1, state: 'Procesado' },
      'clientes.csv': { records: 0, errors: 1, warnings: 0, state: 'Faltante' },
    },
    missing_files: [{ filename: 'clientes.csv', package: 'diario' }],
    format_errors: [
      {
        code: 'COLUMN_COUNT',
        message: 'Se esperaban 2 columnas y hay 3',
        file: 'pedidos.csv',
        line: 1,
        expected: 2,
        found: 3,
      },
    ],
  },
  validation: {
    failures: [
      failureOf(),
      failureOf({ severity: 'warning', rule: null, type: 'DATE_LATE', line: 5, field: null, value: null }),
    ],
    skipped_rules: {
      field_rules: [],
      row_rules: [],
      catalog_rules: [],
      package_rules: [{ rule: 'diario.1', name: 'cliente conocido', reason: 'dependency' }],
    },
  },
  events: [],
  rules: [
    {
      id: 'pedidos.cantidad.1',
      level: 'field',
      name: 'cantidad positiva',
      severity: 'error',
      evaluated: 3,
      failed: 1,
      skipped: null,
      error: null,
    },
  ],
  profile: [
    {
      catalog: 'pedidos',
      file: 'pedidos.csv',
      records: 3,
      columns: [
        { field: 'cantidad', type: 'entero', values: 2, nulls: 1, invalid: 0, min: -1, max: 5, mean: 2 },
      ],
    },
  ],
  limits_hit: [],
  ...given,
});
