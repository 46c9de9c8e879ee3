// One call, whoever loads this file.
void require('./ask.cjs')().then(() => console.log('done'));
