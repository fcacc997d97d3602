-- A run has as many time steps as a network can have. Runs of more than that never had a prediction, so those that are there may stay.
ALTER TABLE runs
    DROP CONSTRAINT runs_timesteps_check,
    ADD CONSTRAINT runs_timesteps_check CHECK (timesteps BETWEEN 1 AND 256) NOT VALID;
