// Imported before the logger, which reads its level once: refusals are expected in tests.
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
