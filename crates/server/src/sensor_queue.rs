//! How much telemetry waits at one time? So much of one sensor and of all; what does not fit is refused before it is read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{config::ServerLimits, problem::Problem};

const KIB: usize = 1024;

/// Room for bodies of telemetry, from before they are read until they are answered.
#[derive(Debug)]
pub(crate) struct SensorQueue {
    all: Arc<Semaphore>,
    each: Mutex<HashMap<String, Arc<Semaphore>>>,
    each_kib: usize,
    body_bytes_max: usize,
}

/// Room for one body.
#[derive(Debug)]
pub(crate) struct Place(OwnedSemaphorePermit, OwnedSemaphorePermit);

impl SensorQueue {
    pub(crate) fn new(limits: &ServerLimits) -> Self {
        let each_kib = limits.sensor_queue_bytes_max / KIB;
        let all_kib = limits.sensors_queue_bytes_max / KIB;
        Self {
            all: Arc::new(Semaphore::new(all_kib.min(Semaphore::MAX_PERMITS))),
            each: Mutex::default(),
            each_kib: each_kib.min(Semaphore::MAX_PERMITS),
            body_bytes_max: limits.body_bytes_max.min(each_kib.min(all_kib).saturating_mul(KIB)),
        }
    }

    /// The longest body that can be taken at all, in bytes.
    pub(crate) fn body_bytes_max(&self) -> usize {
        self.body_bytes_max
    }

    /// Room for a body of a declared sensor, now or not at all.
    pub(crate) fn place(&self, sensor: &str, bytes: usize) -> Result<Place, Problem> {
        let kib = u32::try_from(bytes.div_ceil(KIB).max(1)).unwrap_or(u32::MAX);
        let own = {
            let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
            // Names come and go with declarations.
            if each.len() > 4 * exchange::world::SENSORS_MAX {
                each.retain(|_, room| room.available_permits() < self.each_kib);
            }
            let new = || Arc::new(Semaphore::new(self.each_kib));
            Arc::clone(each.entry(sensor.to_owned()).or_insert_with(new))
        };
        let own = own.try_acquire_many_owned(kib).map_err(|_| Problem::Full)?;
        let all = Arc::clone(&self.all).try_acquire_many_owned(kib).map_err(|_| Problem::Full)?;
        Ok(Place(own, all))
    }
}

impl Place {
    /// Gives back what a body did not need.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let needed = bytes.div_ceil(KIB).max(1);
        for permit in [&mut self.0, &mut self.1] {
            drop(permit.split(permit.num_permits().saturating_sub(needed)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue() -> SensorQueue {
        SensorQueue::new(&ServerLimits {
            sensor_queue_bytes_max: 4 * KIB,
            sensors_queue_bytes_max: 6 * KIB,
            ..ServerLimits::default()
        })
    }

    #[test]
    fn one_sensor_and_all_together_have_so_much_room_and_no_more() {
        let queue = queue();
        let first = queue.place("a", 4 * KIB).unwrap();
        assert!(matches!(queue.place("a", 1), Err(Problem::Full)), "all of its own is taken");
        let second = queue.place("b", 2 * KIB).unwrap();
        assert!(matches!(queue.place("b", 1), Err(Problem::Full)), "all of all is taken");
        drop(second);
        let mut third = queue.place("b", 2 * KIB).unwrap();
        third.shrink(1);
        assert!(queue.place("c", KIB).is_ok(), "what was not needed is free again");
        drop(first);
        assert!(queue.place("a", 4 * KIB).is_ok());
    }

    #[test]
    fn a_body_that_never_fits_is_too_long_rather_than_refused_for_ever() {
        assert_eq!(queue().body_bytes_max(), 4 * KIB);
    }
}
