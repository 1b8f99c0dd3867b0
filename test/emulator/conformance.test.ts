import { emulatorClients } from '../conformance/emulator-clients.ts';
import { defineConformance } from '../conformance/suites.ts';
import { world } from './support/harness.ts';

const { endpoint, backend } = world();
defineConformance('the emulator', () => emulatorClients(endpoint), backend !== 'localstack');
