import { resetDiag, setDiagSink } from '../../src/base/diag.ts';

// What is reported is kept on the process, for test files that share one as well.
resetDiag();
setDiagSink(undefined);
