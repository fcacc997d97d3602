-- The schema that migrations/ makes of an empty database. Written by ops/dump-schema; do not edit.
--
-- PostgreSQL database dump
--




--
-- PostgreSQL database dump complete
--


