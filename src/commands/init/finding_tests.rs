//! What the DNS tells becomes servers to try, the likeliest first.
