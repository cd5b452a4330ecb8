/**
 * What the translated SQL calls and the engine does not have. Everything is CREATE OR REPLACE, so an older file is brought up to date when it is opened.
 * `clock` is set on the connection before statements that may ask for it; the fallback serves a view read outside of one.
 */
export const SYSTEM_SQL: readonly string[] = [
  `CREATE SCHEMA IF NOT EXISTS redshift_system`,
  `CREATE OR REPLACE MACRO nonzero(divisor) AS CASE WHEN divisor = 0 THEN error('division by zero') ELSE divisor END`,
  `CREATE OR REPLACE MACRO sysdate() AS make_timestamp(coalesce(getvariable('clock'), epoch_us(now())))`,
  `CREATE OR REPLACE MACRO getdate() AS date_trunc('second', sysdate())`,
  `CREATE OR REPLACE MACRO pg_last_copy_count() AS coalesce(getvariable('copied'), 0)`,
  // Cuts at a byte count without splitting a character: the byte behind the cut must not continue one (0x80 to 0xBF).
  `CREATE OR REPLACE MACRO cut_bytes(value, bytes) AS CASE WHEN strlen(value) <= bytes THEN value ELSE decode(encode(value)[1:list_max(list_filter(
     [bytes, bytes - 1, bytes - 2, bytes - 3], lambda cut: cut >= 0 AND hex(encode(value)[cut + 1:cut + 1]) NOT BETWEEN '80' AND 'BF'))]) END`,
  // A start before the first character counts against the length, as in PostgreSQL.
  `CREATE OR REPLACE MACRO slice
     (value, first) AS substring(value, greatest(first, 1)),
     (value, first, count) AS CASE WHEN first < 1 THEN substring(value, 1, greatest(first + count - 1, 0)) ELSE substring(value, first, count) END`,
  `CREATE OR REPLACE MACRO initial_capitals(value) AS
     array_to_string(list_transform(regexp_extract_all(value, '[\\p{L}\\p{N}]+|[^\\p{L}\\p{N}]+'), lambda part: upper(part[1]) || lower(part[2:])), '')`,
  `CREATE OR REPLACE MACRO truncated (value TIMESTAMP) AS CAST(value AS DATE), (value DOUBLE) AS trunc(value), (value DECIMAL(38, 10)) AS trunc(value), (value BIGINT) AS value`,
  `CREATE OR REPLACE MACRO whole_part (value DOUBLE) AS trunc(value), (value DECIMAL(38, 10)) AS CAST(trunc(value) AS DECIMAL(38, 0)), (value BIGINT) AS value`,
  // The engine's own test lets a comma stand behind the last element.
  `CREATE OR REPLACE MACRO is_json(value) AS json_valid(value) AND NOT regexp_matches(regexp_replace(value, '"([^"\\\\]|\\\\.)*"', '""', 'g'), ',\\s*[\\]}]')`,
  `CREATE OR REPLACE MACRO is_json_array(value) AS is_json(value) AND json_type(CASE WHEN json_valid(value) THEN value END) = 'ARRAY'`,
  // https://docs.aws.amazon.com/redshift/latest/dg/json-functions.html: what is no JSON is an error, or NULL where the last argument says so.
  `CREATE OR REPLACE MACRO json_given(value, forgiving) AS CASE WHEN value IS NULL OR is_json(value) THEN value WHEN forgiving THEN NULL ELSE error('JSON parsing error') END`,
  `CREATE OR REPLACE MACRO array_given(value, forgiving) AS CASE WHEN value IS NULL OR is_json_array(value) THEN value WHEN forgiving THEN NULL ELSE error('invalid json array object ' || value) END`,
  // The last day of a month stays the last day: https://docs.aws.amazon.com/redshift/latest/dg/r_ADD_MONTHS.html
  `CREATE OR REPLACE MACRO months_later(value, months) AS CASE
     WHEN CAST(value AS DATE) = last_day(CAST(value AS DATE))
     THEN CAST(last_day(CAST(CAST(value AS DATE) + to_months(CAST(months AS INTEGER)) AS DATE)) AS TIMESTAMP) + (CAST(value AS TIMESTAMP) - CAST(CAST(value AS DATE) AS TIMESTAMP))
     ELSE CAST(value AS TIMESTAMP) + to_months(CAST(months AS INTEGER)) END`,
  `CREATE OR REPLACE VIEW redshift_system.svv_tables AS
     SELECT table_catalog, CASE table_schema WHEN 'main' THEN 'public' ELSE table_schema END AS table_schema, table_name,
       CASE table_type WHEN 'VIEW' THEN 'VIEW' WHEN 'LOCAL TEMPORARY' THEN 'LOCAL TEMPORARY' ELSE 'BASE TABLE' END AS table_type, CAST(NULL AS VARCHAR) AS remarks
     FROM information_schema.tables WHERE (getvariable('visible') IS NULL OR table_type = 'LOCAL TEMPORARY' OR list_contains(getvariable('visible'), table_schema || '.' || table_name))
       AND table_schema NOT IN ('redshift_system', 'information_schema', 'pg_catalog')`,
  `CREATE OR REPLACE VIEW redshift_system.svv_columns AS
     SELECT table_catalog, CASE table_schema WHEN 'main' THEN 'public' ELSE table_schema END AS table_schema, table_name, column_name, ordinal_position, column_default, is_nullable,
       CASE WHEN data_type = 'VARCHAR' THEN 'character varying' WHEN data_type LIKE 'DECIMAL%' THEN 'numeric' WHEN data_type = 'DOUBLE' THEN 'double precision'
         WHEN data_type = 'TIMESTAMP' THEN 'timestamp without time zone' WHEN data_type = 'JSON' THEN 'super' ELSE lower(data_type) END AS data_type, numeric_precision, numeric_scale
     FROM information_schema.columns WHERE (getvariable('visible') IS NULL OR table_catalog = 'temp' OR list_contains(getvariable('visible'), table_schema || '.' || table_name))
       AND table_schema NOT IN ('redshift_system', 'information_schema', 'pg_catalog')`,
]
