import { emulatorClients } from '../conformance/emulator-clients.ts';
import { defineConformance } from '../conformance/suites.ts';
import { world } from './support/harness.ts';

defineConformance('the emulator', () => emulatorClients(world().endpoint));
