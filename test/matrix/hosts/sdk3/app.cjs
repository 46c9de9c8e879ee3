require('../app.cjs');
