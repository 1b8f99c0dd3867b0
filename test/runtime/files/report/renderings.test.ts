import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { emailHtml } from '../../../../runtime/files/report/email-html.ts';
import { reportHtml, toneOf } from '../../../../runtime/files/report/html-page.ts';
import { junitXml } from '../../../../runtime/files/report/junit.ts';
import { resultsText } from '../../../../runtime/files/report/results-text.ts';
import { failureOf, sampleReport } from './sample.ts';

const SCRIPT = '<script>x</script>';
const hostile = sampleReport({
  specification: { name: SCRIPT, version: SCRIPT },
  validation: {
    ...sampleReport().validation,
    failures: [failureOf({ value: SCRIPT, message: `${SCRIPT} "quoted' & more`, file: `${SCRIPT}.csv` })],
  },
});

describe('files T51: what stands in a cell is shown as text', () => {
  test('files T51: the page', () => {
    const page = reportHtml(hostile, 'es');
    // The page has one script, its own, and the policy lets no other run.
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toContain('&#60;script&#62;x&#60;/script&#62;');
    expect(page).toMatch(/Content-Security-Policy" content="default-src &#39;none&#39;|default-src 'none'/);
    expect(page).not.toContain(SCRIPT);
  });

  test('files T51: the mail', () => {
    const mail = emailHtml(hostile, 'es');
    expect(mail).not.toContain('<script');
    expect(mail).toContain('&#60;script&#62;');
  });

  test('the XML is well formed with every character that a file may hold', () => {
    const value = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    const report = sampleReport({
      validation: {
        ...sampleReport().validation,
        failures: [failureOf({ message: `${value}\uD800\uFFFE😀`, file: 'pedidos.csv' })],
      },
    });
    const parser = new SaxesParser();
    const failures: string[] = [];
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('text', (text) => failures.push(text));
    parser.write(junitXml(report)).close();
    expect(failures.join('')).toContain('😀');
  });
});

describe('the page', () => {
  test.each([
    [0, 'bad'],
    [59.99, 'bad'],
    [60, 'fair'],
    [79.99, 'fair'],
    [80, 'good'],
    [100, 'good'],
  ])('a rate of %d %% is %s', (rate, tone) => {
    expect(toneOf(rate)).toBe(tone);
    const page = reportHtml(
      sampleReport({ summary: { ...sampleReport().summary, success_rate: rate } }),
      'es',
    );
    expect(page).toContain(`<header class="${tone}">`);
  });

  test('is in the language that was asked for', () => {
    expect(reportHtml(sampleReport(), 'es')).toMatch(/lang="es"[\s\S]*Perfil de columnas[\s\S]*Vacíos/);
    expect(reportHtml(sampleReport(), 'en')).toMatch(/lang="en"[\s\S]*Failed[\s\S]*Column profile/);
  });

  test('rules are named and can be filtered by, with the built-in checks under their code', () => {
    const page = reportHtml(sampleReport(), 'en');
    expect(page).toContain('data-rule="cantidad positiva" data-severity="error"');
    expect(page).toContain('<option value="DATE_LATE">DATE_LATE</option>');
  });

  test('loads nothing from anywhere', () => {
    expect(reportHtml(sampleReport(), 'en')).not.toMatch(/(src|href)=|url\(|@import/);
  });
});

describe('the mail', () => {
  test.each([
    [95, '#b26a00'],
    [95.01, '#1a7f4b'],
    [80, '#c0303a'],
    [80.01, '#b26a00'],
  ])('a rate of %d %% has the colour %s', (rate, colour) => {
    const mail = emailHtml(
      sampleReport({ summary: { ...sampleReport().summary, success_rate: rate } }),
      'es',
    );
    expect(mail).toContain(`border-top:4px solid ${colour}`);
  });

  test('shows the first 20 errors and says how many are left', () => {
    const failures = Array.from({ length: 30 }, (_, index) => failureOf({ line: 1_000 + index }));
    const report = sampleReport({
      summary: { ...sampleReport().summary, errors: 500 },
      validation: { ...sampleReport().validation, failures },
    });
    const mail = emailHtml(report, 'es');
    expect(mail).toContain('>1019<');
    expect(mail).not.toContain('>1020<');
    expect(mail).toContain('y 480 más');
  });
});

describe('results.txt', () => {
  test('has its sections', () => {
    expect(resultsText(sampleReport(), 'es')).toBe(`INFORME DE VALIDACIÓN
=====================
Ejecución: 7b0c1f0e-2d52-4b5b-9a55-0f6f0c5f4a10
Especificación: Pedidos diarios (versión 1.0)
Inicio: 2026-03-02T08:00:00.000Z
Fin: 2026-03-02T08:01:05.000Z
Duración: 00:01:05
Casilla: 7
Método de envío: sftp

RESUMEN
=======
Resultado: ✖ Fallido
Registros: 3
Errores: 2
Advertencias: 1
Mensajes: 0
Registros sin errores: 66.67 %

ARCHIVOS
========
- pedidos.csv: Procesado; Registros 3, Errores 1, Advertencias 1
- clientes.csv: Faltante; Registros 0, Errores 1, Advertencias 0

ERRORES DE FORMATO
==================
- pedidos.csv:1: Se esperaban 2 columnas y hay 3 [COLUMN_COUNT]

ARCHIVOS FALTANTES
==================
- clientes.csv (Paquete diario)
`);
  });

  test('speaks of performance only where something was limited', () => {
    expect(resultsText(sampleReport({ limits_hit: ['FAILURES_FILE'] }), 'en')).toMatch(
      /PERFORMANCE NOTES\n=+\n- FAILURES_FILE\n$/,
    );
  });

  test('no text of a file begins a line of its own', () => {
    const report = sampleReport({ specification: { name: 'a\nRESUMEN\r\u2028b', version: '1' } });
    expect(resultsText(report, 'es')).toContain('Especificación: a RESUMEN b (');
  });
});
