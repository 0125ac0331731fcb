/**
 * Words that describe images and name nobody, in lower case: modalities, anatomy, orientation, technique, contrast,
 * processing. Words that are common names are not here; a project adds what it needs. Collected by hand.
 */
export const descriptorWords = `
abd abdo abdomen abdominal abdo-pelvis acetabulum acquisition acquired active adc adrenal adrenals advanced airway airways all
ankle ankles anterior ante angio angiogram angiography angle annotation aorta aortic apical app appendix arch arm arms
arterial artery arthro arthrogram asl ascending atrium atrial attenuation auto average averaged avg ax axi axial axials axilla
b0 baseline basal before beta bilat bilateral biopsy bladder blade blood bold bolus bone bones both bowel brachial brain
breast breasts breath breathhold breathing bronchial bronchus bvalue
calcaneus calcium calc calf calibration cardiac cardio carotid carotids carpal catheter cavity cbct cbf cbv cc ccd
center central cerebellum cerebral cervical cest chest cholangio cine circle cisternogram clavicle clinical coccyx coil colon
colonography color column com combined composed compress compressed compression contrast control coronal coronals coronary cor
corpus correct corrected correction cortex cr cranial cranium craniocaudal cruciate csf csi csp ct cta ctac cube cuts cxr cyst
data decub decubitus deep default delay delayed density derived descending detail dexa diagnostic diaphragm diastole diastolic
difference diff diffusion digital dir disc discs distal dorsal dose dosimetry dr dsa dsc dti dual duct duodenum dwi dx
dynamic dynamics early eadc ecg echo ecv effusion elbow elbows empty endo enhanced enhancement entire ep epi epigastric equilibrium
esophagus exam examination excretory exp expiration expiratory ext extension extended extra extremity eye eyes
fa face facial false fast fat fatsat fbp fdg femoral femur femurs fetal fetus ffdm fibula field-map fieldmap film filter
filtered finger fingers fist first fisp fl flair flash flexion flow fluid fluoro flushed fmri focal follow followup followup foot
forearm forefoot fossa fov fr fracture frame frames free frontal fs fse full function functional fused fusion
gado gadolinium gallbladder gated gating ge gland glands gradient gre grid group groin guidance guided guide
half hand hands hardware haste head heart heel hepatic hepatobiliary high hip hips hires hr hrct humerus hyper hysterosalpingogram
iac iacs icv ileum iliac image images imaging imp impression in inferior infusion inguinal initial inj injection inner inphase
insp inspiration inspiratory int internal intra intravenous inv inversion ir isotropic isometric iv ivc ivp
jejunum joint joints kernel kidney kidneys knee knees kub kv kvp
label labeled labelled landmark lao laryngeal larynx lat late lateral lava left leg legs lesion level levels lge ligament limb
limited line liver lobe loc localiser localizer localizers loco lordotic loss lower lsp lspine lt lumbar lumbo lumbosacral lung lungs
lymph mag magnetic magnetization magnitude mammo mammogram mammography map mapping maps marrow mask mastoid mastoids
maxilla maxillary maximum mean medial median mediastinal mediastinum medium medulla mesenteric metal mg mid middle midfoot min minimum
minip mip mips mlo mobile mod mode moderate molli motion moving mp mpr mprage mprs mr mra mrcp mri mrs mrv ms mt mtt multi
multiecho multiphase multiple muscle muscles myelogram myocardial myocardium
narrow nasal native navigator neck neonatal nephrogram nephrographic nerve nerves neuro nm node nodule non noncon noncontrast none
nonenhanced nasopharynx nuclear number obl oblique obliques occipital occlusal oct ocular of off offset olfactory on only opposed oral
orbit orbital orbits original oropharynx orthogonal os out outer outofphase over overlay overview
pa pancreas pancreatic panoramic parallel parallell parametric parathyroid parenchyma parotid partial pass patella patellae pc pd
pdw pelvic pelvis perf perfusion pericardium perineum peripheral peritoneal pet petct pet-ct phantom pharynx phase phased phases
pituitary plain plan plane planning plantar pleura pleural portable portal portovenous pos position positioning post posterior postcon
postcontrast postop pre precon precontrast prep preop prior pro processed profile projection prone propeller prostate protocol
proton proximal pseudo pulmonary pulse pv pwi
qa qc quad quadrant quality quantitative quick radial radiograph radiography radius range rao rapid rate ratio raw realtime rec recon
reconstructed reconstruction rectal rectum recumbent reduced ref reference reformat reformats reformatted region registered
registration relax relaxation renal repeat repeated report resolution resp respiratory rest restage resting retro retroperitoneum
rf rib ribs right roi rot rotated rotation routine rows rt run
sacral sacroiliac sacrum sag sagittal sagittals sat saturation saved scan scanned scanogram scans scaphoid scapula screen
screening screensave scout sd se second secondary segment segmentation segmented sella semi sequence series seq series short shoulder
shoulders side sigmoid signal single sinus sinuses sitting skeletal skeleton skin skull slab slice slices slow small smooth soft
spair spect spectro spectroscopy spgr sphincter spin spinal spine spiral spleen splenic spoiled ssfp ssfse stack staging stand standard
standing static stent sternum stir stomach stop strain stress study sub subclavian subcutaneous subtalar subtracted subtraction
superficial superior supine suppressed suppression supraclavicular surface surgical survey susceptibility sweep swi swallow symphysis
syn synth synthetic system systole systolic
t1 t1w t1ce t2 t2w t2star talus target task tendon test testes testicular thick thigh thighs thin third thoracic thoracoabdominal
thoracolumbar thorax three throat thumb thyroid tibia tibial tilt time tip tir tirm tissue tmj toe toes tof tomo tomography
tomosynthesis tongue tonsil top topogram total tra trachea tracheal track tracking trans transaxial transit transversal transverse
transfer trauma treatment trigger triggered triple trufi true trunk tse tsp tspine tube tumor tumour turbo two twist type
ulna ultra ultrasound unenhanced unilateral up upper upright ureter ureters urethra urinary urogram urography us uterus
vaginal valve vascular vein veins venc venogram venous ventral ventricle ventricles ventricular vertebra vertebrae vertebral
vessel vessels vibe video view views viability vis visual vitreous vol volume volumetric voxel
washin washout water wb weighted whole whole-body wholebody wide window windowing wip with without wo wrist wrists xa xr xray
zoom zoomed zte zygoma
cad ceus cemra csm dce dotarem epid fgre fiesta flirt fluorodeoxyglucose frfse gadovist gadobutrol gd grappa ideal iohexol iopamidol
iodine ivim mdct mdixon mpgr omnipaque optiray pcasl psir psma qsm resolve rtdose rtplan rtstruct seg sense sms smsi space sti swan
tfe tracrit ttp tumours twix ultravist vfa visipaque xenon
bodypart ctdi dlp lung-rads birads pirads lirads recist ctv gtv ptv itv external body cord couch
eyelens lens chiasm brainstem hippocampus amygdala thalamus putamen caudate pallidum insula cingulate hypothalamus
headneck
mm cm ml sec msec kev mev mhz hz
isocenter beam beams arc arcs imrt vmat sbrt srs boost electron photon plan1 plan2 fx fraction fractions
`;
