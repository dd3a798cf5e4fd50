import { fileURLToPath } from 'node:url';

/** Where `npm run fpga:simulator` builds the Verilated accelerator; CORTADO_FPGA_SIMULATION names another folder. */
export const SIMULATION_FOLDER =
  process.env.CORTADO_FPGA_SIMULATION ?? fileURLToPath(new URL('../../build/fpga', import.meta.url));
