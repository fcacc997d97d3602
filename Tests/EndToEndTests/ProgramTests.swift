import TestSupport
import Testing

/// Tests of several programs at a time, one after another: each measures what the programs do, not how they get along with other tests.
@Suite(.requiresPostgres, .serialized) enum ProgramTests {}
